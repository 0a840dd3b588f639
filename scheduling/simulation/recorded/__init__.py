"""Recorded runs, judged again under other limits and policies. Door: `rejudging.rejudge`."""
