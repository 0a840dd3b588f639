"""Approving and refusing, from a run's page or the list of runs; all answers, read-only for everybody."""

from functools import partial
from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from predictions.admin.base import ReadOnlyMixin, column, link, question_of
from predictions.admin.editing import Instead, ReasonForm, confirmed
from predictions.admin.of_model import ModelFilter, OfModel
from predictions.models.people.access import May
from predictions.models.promotion import live_promotion
from predictions.zone import to_minute
from scheduling.admin.run_page.offers import offers_of, why_no_approval
from scheduling.admin.version_page.facts import once_live
from scheduling.admin.version_page.flip import ShowsScores
from scheduling.approvals.approvals import approve, refuse
from scheduling.evidence_page.words import decision_of
from scheduling.models import ApprovalAnswer, Run

UNLESS_CHANGED = "If the live version or the evaluation data has changed since the run, nothing is promoted."
answering: Any = partial(
    confirmed, needs=May.APPROVE, form_class=ReasonForm,
)  # fmt: skip


class AnsweringAdmin(ShowsScores, OfModel, admin.ModelAdmin):
    """The two answers as actions on runs. Buttons on a run's page start them."""

    is_watched = True

    @answering(
        description="Approve: promote the candidate…", title="Approve",
        warning=lambda self, run: what_follows(run),
        shown=lambda self, request, run: self.scores(run.candidate),
        instead=lambda request, run: why_not_approve(run, request.user),
    )  # fmt: skip
    def approve(self, request: HttpRequest, run: Run, form: ReasonForm) -> str:
        promotion = approve(run, user=request.user, reason=form.cleaned_data["reason"])
        return f"{promotion.version} is live."

    @answering(
        description="Refuse…", title="Refuse",
        warning="The live version stays. The version can still be validated again, or promoted by an "
        "operator.",
        instead=lambda request, run: answered_already(run, request.user),
    )  # fmt: skip
    def refuse(self, request: HttpRequest, run: Run, form: ReasonForm) -> str:
        refuse(run, user=request.user, reason=form.cleaned_data["reason"])
        return f"{run} is refused. The live version stays."


def answered_already(run: Run, user: Any) -> Instead | None:
    """Say who answered a run meanwhile, and offer what is possible now; None where it still waits."""
    if run.decision == Run.Decision.AWAITING_APPROVAL:
        return None
    answer = getattr(getattr(run, "approval_request", None), "answer", None)
    return Instead(why=_meanwhile(run, answer, user), possible=possible_now(run, user))


def why_not_approve(run: Run, user: Any) -> Instead | None:
    """As `answered_already`; a run that waits may still be one that this person cannot approve."""
    if (answered := answered_already(run, user)) or not (why_not := why_no_approval(run, user)):
        return answered
    return Instead(why=why_not, possible=possible_now(run, user))


def possible_now(run: Run, user: Any) -> list[tuple[str, str]]:
    """The buttons of the run's page, each with the page that asks."""
    offers = [one for one in offers_of(run, user) if not one.why_not]
    return [(one.label, question_of(one.row, one.action)) for one in offers]


def _meanwhile(run: Run, answer: ApprovalAnswer | None, user: Any) -> str:
    if answer is None:
        return f"{run} does not wait for an answer: it ended with “{decision_of(run)}”."
    at, reason = to_minute(answer.at), answer.reason.rstrip(". ")
    if answer.kind == ApprovalAnswer.Kind.LAPSED:
        return (
            f"{run} can no longer be answered since {at}: {reason}. Nothing was promoted. Request a new run."
        )
    by = "You have" if answer.user_id == user.pk else f"{answer.by} has"
    return f"{by} {answer.kind} {run} already, at {at}: {reason}."


def what_follows(run: Run) -> str:
    """What an approval does, a sentence a line."""
    if run.candidate is None:
        return ""
    more = once_live(run.candidate, live_promotion(run.registered_model), run)
    return "\n".join([f"{run.candidate.label} goes live within a second.", *more, UNLESS_CHANGED])


def why(run: Run) -> str:
    """The gate's reason, then the person's, or why the request lapsed."""
    answer = getattr(getattr(run, "approval_request", None), "answer", None)
    return f"{run.reason} {_told(answer)}" if answer else run.reason


def _told(answer: ApprovalAnswer) -> str:
    return f"{answer.get_kind_display()} by {answer.by}: {answer.reason}"


@admin.register(ApprovalAnswer)
class ApprovalAnswerAdmin(ReadOnlyMixin, OfModel, admin.ModelAdmin):
    """What people approved and refused, and what lapsed; newest first."""

    of_model = "request__run__registered_model"
    list_display = ("run", "kind", "by", "reason", "at")
    list_filter = (("request__run__registered_model", ModelFilter), "kind", "at")
    search_fields = ("by", "reason")
    list_select_related = ("request__run__registered_model",)
    fields = ("run", "kind", "by", "reason", "at")
    show_full_result_count = False
    actions = None

    run = column("run", lambda answer: link(answer.request.run))
