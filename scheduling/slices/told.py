"""Slices on which a candidate is worse, in public words: their edges may be values of rows."""

from __future__ import annotations

from scheduling.slices.worse_slices import JudgedSlice

MOST = 3
WHERE = "People who may read the prediction log find the limits of each slice on the run's page."


def told(worse: list[JudgedSlice]) -> str:
    """Tell the worst; those about the same features together, because only private edges tell them apart."""
    together: dict[str, list[JudgedSlice]] = {}
    for one in worse[:MOST]:
        together.setdefault(one.called, []).append(one)
    said = [_said(called, slices) for called, slices in together.items()]
    if more := len(worse[MOST:]):
        said.append(f"and {more} more")
    count = "1 slice" if len(worse) == 1 else f"{len(worse)} slices"
    return f"The candidate is worse on {count}: {'; '.join(said)}. {WHERE}"


def _said(called: str, slices: list[JudgedSlice]) -> str:
    if len(slices) > 1:
        called = f"{len(slices)} {called.replace('a slice', 'slices', 1)}"
    return f"{called} (worse {', and '.join(one.lost for one in slices)})"
