"""What a version answered to many rows in one request: its probabilities as clients get them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from predictions.contract.answers import Answers
from predictions.contract.signature import SignatureSpec
from scheduling.evidence.rehearsed import Rehearsal, RehearsalFailed

if TYPE_CHECKING:
    from scheduling.evidence.rehearsed import Reply


def answers_together(played: Rehearsal, spec: SignatureSpec) -> Answers:
    """Return labels (n,) and probabilities (n, k), or values (n,), in the order of `played.rows`.

    Raises `RehearsalFailed` where a request was not answered, or rows are missing.
    """
    outputs = [output for reply in played.together for output in _part(reply, "predictions")]
    if len(outputs) != len(played.rows):
        raise RehearsalFailed(f"{len(outputs)} of {len(played.rows)} rows that were asked together")
    if spec.task == "regression":
        return Answers(outputs)
    columns = [_part(reply, "probabilities") for reply in played.together]
    shares = [np.array([part[key] for key in spec.label_keys], float).T for part in columns]
    return Answers(outputs, np.concatenate(shares))


def _part(reply: Reply, name: str) -> Any:
    if reply.status != 200 or name not in reply.body:
        why = f"rows asked together: status {reply.status}" + (f", {reply.problem}" if reply.problem else "")
        raise RehearsalFailed(why, words=reply.words or str(reply.body))
    return reply.body[name]
