"""Who decides whether a new version goes live from now on, in one line, and how to change that."""

from typing import Any

from scheduling.models import GatePolicy

Who = GatePolicy.Approval
BY_PERSON = "A person, about each new version that passes its checks: none goes live by itself."
NOBODY = (
    "Nobody: new versions are judged, and none goes live by itself. A person may promote one on its page."
)
AUTOMATIC = "The program: each new version that passes its checks goes live by itself."
BACK = "To change that, choose “Resume automatic promotion…”."


def who_decides(policy: GatePolicy | None) -> str:
    """Return who it is where it is not the program; else empty."""
    if policy is None or policy.approval == Who.AUTOMATIC:
        return ""
    return str(policy.get_approval_display())


def switch_of(policy: GatePolicy | None) -> tuple[str, str]:
    """Return the action that changes who decides, and its words."""
    if policy is not None and policy.approval == Who.BY_PERSON:
        return "let_the_program_decide", "Let the program decide"
    return "let_a_person_decide", "Let a person decide"


def in_a_line(policy: GatePolicy, model: Any, *, may_resume: bool = True) -> str:
    """Return who decides from now on, and to those who may how a pause ends, which is told once."""
    if policy.approval != Who.AUTOMATIC:
        told = BY_PERSON if policy.approval == Who.BY_PERSON else NOBODY
        return f"{told} {_paused_too(model)}" if model.is_held else told
    if not model.is_held:
        return AUTOMATIC
    return f"{_paused(model)} {BACK}" if may_resume else _paused(model)


def _paused(model: Any) -> str:
    return (
        f"The program, but automatic promotion is paused by {model.held_in_words}: until it is resumed only "
        "people promote, and nothing is rolled back by itself."
    )


def _paused_too(model: Any) -> str:
    """Say what a pause still does where the program decides about no promotion: it rolls nothing back."""
    return (
        f"Automatic promotion is paused too, by {model.held_in_words}: until it is resumed nothing is rolled "
        "back by itself."
    )
