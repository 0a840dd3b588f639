"""Who decides whether a new version goes live from now on, in one line, and how to change that."""

from typing import Any

from scheduling.models import GatePolicy

Who = GatePolicy.Approval
BY_PERSON = (
    "A person decides about each new version that passes its checks: none goes live by itself. "
    "To go back, choose “Let the program decide…”."
)
NOBODY = (
    "Nobody: new versions are judged, and none goes live by itself. "
    "A person can still promote one on its page."
)
AUTOMATIC = (
    "The program: a new version that passes its checks goes live by itself. "
    "To be asked first, choose “Let a person decide…”."
)


def who_decides(policy: GatePolicy | None) -> str:
    """Return who it is where it is not the program; else empty."""
    if policy is None or policy.approval == Who.AUTOMATIC:
        return ""
    return str(policy.get_approval_display())


def in_a_line(policy: GatePolicy, model: Any) -> str:
    """Return who decides from now on, and how to change it. A pause is told once, in the same line."""
    if policy.approval == Who.AUTOMATIC:
        return _paused(model) if model.is_held else AUTOMATIC
    told = BY_PERSON if policy.approval == Who.BY_PERSON else NOBODY
    if not model.is_held:
        return told
    paused = f"Automatic roll back is paused by {model.held_in_words}"
    return f"{told} {paused}: choose “Resume automatic roll back…” to have it again."


def _paused(model: Any) -> str:
    return (
        f"Only people, for now: {model.held_in_words} paused automatic promotion, and nothing is rolled back "
        "by itself either. To go back, choose “Resume automatic promotion…”."
    )
