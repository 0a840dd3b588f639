"""One judgement of one candidate, from its inputs to the verdict. Door: `judge.judge`."""
