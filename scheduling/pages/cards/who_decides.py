"""Who decides whether a new version goes live from now on, in one line, and how to change that."""

from typing import Any

from scheduling.models import GatePolicy

Who = GatePolicy.Approval
BY_PERSON = "A person, about each new version that passes its checks: none goes live by itself."
NOBODY = (
    "Nobody: new versions are judged, and none goes live by itself. A person may promote one on its page."
)
AUTOMATIC = "The program: each new version that passes its checks goes live by itself."
BACK = "To change that, choose “{}…”."


def who_decides(policy: GatePolicy | None) -> str:
    """Return who it is where it is not the program; else empty."""
    if policy is None or policy.approval == Who.AUTOMATIC:
        return ""
    return str(policy.get_approval_display())


def in_a_line(policy: GatePolicy, model: Any, *, may_change: bool = True) -> str:
    """Return who decides from now on, and to those who may how to change it. A pause is told once."""
    if policy.approval != Who.AUTOMATIC:
        told, back = BY_PERSON if policy.approval == Who.BY_PERSON else NOBODY, "Let the program decide"
        if policy.approval == Who.NEVER:
            back = ""  # its form changes that, under “Policy”
        if model.is_held:
            told += f" Automatic roll back is paused by {model.held_in_words}."
    elif model.is_held:
        told, back = _paused(model), "Resume automatic promotion"
    else:
        told, back = AUTOMATIC, ""
    return f"{told} {BACK.format(back)}" if back and may_change else told


def _paused(model: Any) -> str:
    return (
        f"Only people, for now: {model.held_in_words} paused automatic promotion, and nothing is rolled back "
        "by itself either."
    )
