"""What needs a person, a line each: which model, what, where to do it, and who can."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from predictions.models.people.access import May
from predictions.paths import admin_path
from scheduling.models import Look, Run
from scheduling.pages.cards.refused_uploads import RefusedUploads
from scheduling.pages.cards.waiting import Waiting, somebody_who
from scheduling.pages.wellbeing.word import Wellbeing


@dataclass(frozen=True, kw_only=True)
class Need:
    """One line; `page` is that of the model, if it is about one."""

    who: str
    what: str
    href: str
    action: str
    page: str = ""
    waits_for: str = ""  # who can do it, where the reader cannot

    @property
    def tells_who(self) -> bool:
        """Whether who can do it has to be told beside `what`, which does not say it."""
        return bool(self.waits_for) and self.waits_for not in self.what


Line = tuple[str, str, str, str]  # what, where, what is done there, and who can, if not the reader


def needs_of(
    model: Any, page: str, *, waiting: Waiting | None, well: Wellbeing | None, look: Look | None,
    last: Run | None, refused: RefusedUploads | None, may: Callable[[May], bool],
) -> list[Need]:  # fmt: skip
    """Return what of one model needs somebody; `last` is the newest retraining that ended."""

    def who_can(permission: May) -> str:
        return "" if may(permission) else somebody_who(permission)

    lines = [
        *_waiting(waiting),
        *_wrong(well, page, who_can),
        *_worn(look, model, who_can(May.ADD_DATASET)),
        *_failed(last, who_can(May.REQUEST_RUN)),
        *_refused(refused, who_can(May.UPLOAD)),
    ]
    return [
        Need(who=model.name, what=what, href=to, action=action, page=page, waits_for=waits_for)
        for what, to, action, waits_for in lines
    ]


def _waiting(waiting: Waiting | None) -> Iterator[Line]:
    if waiting:
        page, action = admin_path("scheduling_run_change", waiting.run.pk), "Read and answer"
        if len(waiting.candidates) > 1:
            action += f" {waiting.asked.label}"
        yield waiting.sentence, page, "Read the run" if waiting.waits_for else action, waiting.waits_for


def _wrong(well: Wellbeing | None, page: str, who_can: Callable[[May], str]) -> Iterator[Line]:
    for fact in well.wrong if well else []:
        yield fact.why, fact.href or f"{page}#well", fact.action, who_can(fact.may)


def _worn(look: Look | None, model: Any, waits_for: str) -> Iterator[Line]:
    if look and look.is_worn:
        page = admin_path("model-dataset", model.pk)
        yield (
            f"The evaluation set was {look.sentence}.",
            "" if waits_for else page,
            "Add labelled rows",
            waits_for,
        )


def _failed(run: Run | None, waits_for: str) -> Iterator[Line]:
    if run and run.status == Run.Status.FAILED:
        page = admin_path("scheduling_run_change", run.pk)
        yield f"The last retraining failed: {run.reason}", page, "Read why", waits_for


def _refused(refused: RefusedUploads | None, waits_for: str) -> Iterator[Line]:
    if refused:
        page = admin_path("scheduling_run_change", refused.newest.pk)
        yield refused.sentence, page, "Read why", waits_for
