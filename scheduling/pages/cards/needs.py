"""What needs a person, a line each: which model, what, and where to do it."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

from predictions.paths import admin_path
from scheduling.models import Look, Run
from scheduling.pages.wellbeing.word import Wellbeing


@dataclass(frozen=True, kw_only=True)
class Need:
    """One line; `page` is that of the model, if it is about one."""

    who: str
    what: str
    href: str
    action: str
    page: str = ""


class Waiting(NamedTuple):
    """A run that waits for an answer, and who of the readers may give it."""

    run: Run
    may_answer: bool
    is_own: bool  # the reader started it, and so may not approve it

    @property
    def sentence(self) -> str:
        """What waits, and for whom."""
        who = self.run.candidate.label if self.run.candidate else str(self.run)
        for_whom = "your answer" if self.may_answer else "an answer from somebody with the role “approver”"
        if self.is_own:
            for_whom = "an answer from somebody else: you started this run, and nobody may approve their own"
        return f"{who} passed its checks and waits for {for_whom}."


Line = tuple[str, str, str]  # what, where, and what is done there


def needs_of(
    model: Any, page: str, *, waiting: Waiting | None, well: Wellbeing | None, look: Look | None,
    last: Run | None,
) -> list[Need]:  # fmt: skip
    """Return what of one model needs the reader; `last` is the newest retraining that ended."""
    lines = [*_waiting(waiting), *_wrong(well, page), *_worn(look, model), *_failed(last)]
    name = model.name
    return [Need(who=name, what=what, href=to, action=action, page=page) for what, to, action in lines]


def _waiting(waiting: Waiting | None) -> Iterator[Line]:
    if waiting and (waiting.may_answer or waiting.is_own):
        page = admin_path("scheduling_run_change", waiting.run.pk)
        yield waiting.sentence, page, "Read and answer" if waiting.may_answer else "Read the run"


def _wrong(well: Wellbeing | None, page: str) -> Iterator[Line]:
    for fact in well.wrong if well else []:
        yield fact.why, fact.href or f"{page}#well", fact.action


def _worn(look: Look | None, model: Any) -> Iterator[Line]:
    if look and look.is_worn:
        page = admin_path("model-dataset", model.pk)
        yield f"The evaluation set was {look.sentence}.", page, "Add labelled rows"


def _failed(run: Run | None) -> Iterator[Line]:
    if run and run.status == Run.Status.FAILED:
        page = admin_path("scheduling_run_change", run.pk)
        yield f"The last retraining failed: {run.reason}", page, "Read why"
