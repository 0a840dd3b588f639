"""The words and marks of an outcome, the same in lists, on pages and in the file."""

from collections import Counter
from collections.abc import Iterable

from django.utils.text import capfirst

from scheduling.checks import CHECKS_BY_ID
from scheduling.evidence.outcomes import Level
from scheduling.evidence.sentences import sentences_of
from scheduling.models import CheckResult, Run
from scheduling.models.schedule import TaskName
from scheduling.statistics.comparison.verdict import Verdict

GOOD, BAD, DOUBT, NEUTRAL = "good", "bad", "doubt", "neutral"
MARKS = {GOOD: "✓", BAD: "✗", DOUBT: "!", NEUTRAL: "–"}
OF_DECISION = {
    Run.Decision.PROMOTED: GOOD,
    Run.Decision.BLOCKED: BAD,
    Run.Decision.CANNOT_TELL: DOUBT,
    Run.Decision.AWAITING_APPROVAL: DOUBT,
}
OF_STATUS = {
    Run.Status.FINISHED: GOOD,
    Run.Status.FAILED: BAD,
    Run.Status.INTERRUPTED: DOUBT,
}
OF_LEVEL = {Level.PASS: GOOD, Level.FAIL: BAD, Level.ERROR: BAD, Level.WARN: DOUBT}
DONE = {  # what a run did, of a model
    TaskName.RETRAIN: "Retraining of {}",
    TaskName.VALIDATE: "Validation of a version of {}",
    TaskName.UPLOAD: "Upload of a version of {}",
    TaskName.REGISTER: "Registration of {}",
    TaskName.PRUNE: "Removal of old data of {}",
    TaskName.WATCH: "Watch over {} after a promotion",
    TaskName.SIMULATE: "Simulation of other policies for {}",
    TaskName.TRY_SOURCE: "Trial of a data source of {}",
}
TELLS: dict[str, str] = {
    Verdict.CANNOT_TELL: "More labelled rows can tell the two apart. Add an evaluation dataset, then "
    "validate the candidate again.",
    Verdict.NOT_REPRESENTATIVE: "Label some requests of the kind that it names, add them to the evaluation "
    "dataset, then validate the candidate again. If they are no real requests, such as a load test, let the "
    "check `representative` only report, under “Limits” of the model.",
}
COUNTED = (  # in the order in which they are told
    (BAD, "failed"),
    (DOUBT, "in doubt"),
    (GOOD, "passed"),
    (NEUTRAL, "not asked"),
)


def state_of_run(run: Run) -> str:
    """Return good, bad, doubt or neutral. A red mark is only for what is wrong."""
    if run.decision and run.status != Run.Status.FAILED:
        return OF_DECISION.get(Run.Decision(run.decision), NEUTRAL)
    return OF_STATUS.get(Run.Status(run.status), NEUTRAL)


def done_by(run: Run) -> str:
    """Return what the run did, for the beginning of a sentence."""
    return DONE[TaskName(run.task)].format(run.registered_model)


def decision_of(run: Run) -> str:
    """Return the decision, or the status where there is none: "promoted", "running", "failed"."""
    if not run.decision or run.status == Run.Status.FAILED:
        return str(run.get_status_display()).lower()
    return decision_in_words(run.decision, run.reason)


def decision_in_words(kind: str, reason: str) -> str:
    """Return it; where nobody can tell, the cause: "too close to call", "no comparison was possible"."""
    kept, colon, why = reason.partition(": ")
    if kind == Run.Decision.CANNOT_TELL and colon and kept == "Kept":
        return sentences_of(why)[0].rstrip(".")
    label = str(Run.Decision(kind).label)
    return label[:1].lower() + label[1:]


def what_tells(run: Run) -> str:
    """Return what to do where nobody can tell, by the cause that the reason begins with."""
    cause = decision_in_words(Run.Decision.CANNOT_TELL, run.reason)
    return TELLS.get(cause, "Mend what the reason names, then validate the candidate again.")


def word_of_run(run: Run) -> str:
    """Return it with a capital letter: "Promoted", "Running", "Failed"."""
    return capfirst(decision_of(run))


def without_word(reason: str, word: str) -> str:
    """Return a reason for a place where its first word stands already: not “Blocked: Blocked: …”."""
    begin = f"{word}: "
    if reason.startswith(begin):
        return capfirst(reason.removeprefix(begin))
    _, _, why = reason.partition(": ")  # “Kept: too close to call. …” under “Too close to call”
    return why[len(word) :].lstrip(". ") if why.casefold().startswith(word.casefold()) else reason


def state_of_check(result: CheckResult) -> str:
    """As `state_of_run`; a failure that does not stop a promotion is a doubt."""
    level = Level(result.level)
    return DOUBT if level is Level.FAIL and not result.blocking else OF_LEVEL.get(level, NEUTRAL)


def question_of(check_id: str) -> str:
    """Return what a check asks, in a line; empty for one that does not exist any more."""
    check = CHECKS_BY_ID.get(check_id)
    return (type(check).__doc__ or "").strip().splitlines()[0] if check else ""


def title_of(check_id: str) -> str:
    """Return what a check asks, in a few words; its id for one that does not exist any more."""
    check = CHECKS_BY_ID.get(check_id)
    return check.title if check else check_id


def summary_of(results: Iterable[CheckResult]) -> str:
    """Return how many checks ended how, the worst first: "1 failed, 12 passed"."""
    counts = Counter(map(state_of_check, results))
    return ", ".join(f"{counts[state]} {word}" for state, word in COUNTED if counts[state])
