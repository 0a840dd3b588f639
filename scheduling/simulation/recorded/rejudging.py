"""A past run under other limits: what was decided then, what would be decided, and which checks change."""

from dataclasses import dataclass, field, replace

from django.db.models import QuerySet

from predictions.models import RegisteredModel
from scheduling.evidence.evidence import Evidence
from scheduling.evidence.outcomes import Decision, Outcome
from scheduling.judging.gate import decide
from scheduling.judging.inputs import Inputs
from scheduling.models import Run
from scheduling.replay.guards import NotReplayable
from scheduling.replay.replaying import Replay, evidence_of, outcome_of, replay
from scheduling.simulation.recorded.changes import Changes

LETS_BY = ("promoted", "awaiting_approval", "would_promote")
OFF = "not asked"


@dataclass(frozen=True, kw_only=True)
class Turned:
    """A check that answers differently now."""

    check: str
    then: str  # its level, and whether it blocks
    now: str
    found: str  # its message now, with the figures


@dataclass(frozen=True, kw_only=True)
class Rejudged:
    """One run; if `problem` says why it could not be judged again, nothing else is known."""

    run: Run
    then: Decision | None = None
    now: Decision | None = None
    turned: list[Turned] = field(default_factory=list)
    problem: str = ""

    @property
    def otherwise(self) -> bool:
        """Whether the decision would have been different."""
        return bool(self.then and self.now and self.then.kind != self.now.kind)

    @property
    def promotions(self) -> int:
        """1 if the candidate would pass and did not, -1 if it would not pass and did, else 0."""
        if not (self.then and self.now):
            return 0
        return int(self.now.kind in LETS_BY) - int(self.then.kind in LETS_BY)


def judged_runs(model: RegisteredModel) -> QuerySet[Run]:
    """Return the finished runs of the model that decided about a version, the newest first."""
    runs = Run.objects.filter(registered_model=model, status=Run.Status.FINISHED, candidate__isnull=False)
    versions = (f"{name}__signature__registered_model" for name in ("candidate", "champion"))
    files = ("registered_model", "evaluation_dataset", "evidence_file", "candidate__training_dataset")
    return runs.exclude(decision="").select_related(*files, *versions).order_by("-pk")


def rejudge(run: Run, changes: Changes) -> Rejudged:
    """Replay the run as it was, then under the changes: only they can make a difference."""
    try:
        replayed = replay(run)
        then, now = replayed.record.decision.kind, replayed.decision.kind
        if then != now:
            raise NotReplayable(
                f"Even without any change the run replays to another decision ({then} then, {now} now). "
                f"manage.py replay_run {run.pk} shows why"
            )
        inputs = changes.applied_to(replayed.record.inputs)
        was = replayed.record.inputs.policy
        if inputs.policy.group_column != was.group_column:  # groups are read from the evaluation set
            evidence = evidence_of(replayed.record, inputs)
        else:
            evidence = replace(replayed.evidence, policy=inputs.policy)
        outcomes = _outcomes(replayed, inputs, evidence)
    except NotReplayable as error:
        return Rejudged(run=run, problem=str(error))
    return Rejudged(
        run=run,
        then=replayed.decision,
        now=decide(outcomes, required=inputs.required, policy=inputs.policy),
        turned=_turned(replayed.outcomes, outcomes),
    )


def _outcomes(replayed: Replay, inputs: Inputs, evidence: Evidence) -> dict[str, Outcome]:
    """Ask again what was changed: with the same limits and policy a check's answer stays the same.

    A check whose recorded outcome stands cannot be asked with other limits. Raises `NotReplayable`.
    """
    same_policy = inputs.policy == replayed.record.inputs.policy
    before = {one.check.id: one.check for one in replayed.record.inputs.checks}
    outcomes = {}
    for asked in inputs.checks:
        name, known = asked.check.id, replayed.outcomes.get(asked.check.id)
        is_same = asked.check == before[name]
        if known and same_policy and is_same:
            outcomes[name] = replace(known, blocking=asked.blocking)
            continue
        outcome, why = outcome_of(replayed.record, asked, evidence)
        if why and not is_same:
            raise NotReplayable(f"{name} cannot be judged with other limits: {why}")
        if outcome:
            outcomes[name] = outcome
    return outcomes


def _turned(then: dict[str, Outcome], now: dict[str, Outcome]) -> list[Turned]:
    """Return the checks that find something else, or stop the candidate now and did not, or the reverse."""
    return [
        Turned(
            check=name,
            then=_called(then[name]),
            now=_called(now.get(name)),
            found=now[name].message if name in now else "",
        )
        for name in then
        if _stops(then[name]) != _stops(now.get(name))
        or _found(then[name]) != _found(now.get(name, then[name]))
    ]


def _stops(outcome: Outcome | None) -> bool:
    return bool(outcome and outcome.blocking and not outcome.level.lets_by)


def _found(outcome: Outcome) -> str:
    return str(outcome.verdict or outcome.level.label)  # a verdict says more than its level


def _called(outcome: Outcome | None) -> str:
    if outcome is None:
        return OFF
    return _found(outcome) if outcome.blocking else f"{_found(outcome)}, not blocking"
