"""Inside the sandbox: the answers of a model, and its served form, by the kind of its file."""

from collections.abc import Sequence

from predictions.registry.compiling import Rung, prove
from predictions.registry.fitness import refuse_unfit
from predictions.registry.given.trial import compile_given
from predictions.registry.proving import closing
from predictions.registry.sklearn_answers import answers_of
from scheduling.uploads.catboost_file import open_catboost
from scheduling.uploads.crossing import Examined, Question, frame_of
from scheduling.uploads.hosting import hosted
from scheduling.uploads.opening import open_skops
from scheduling.uploads.structure.schema import Schema


def of_skops(asked: Question, content: bytes, schema: Schema, *, trusted: Sequence[str]) -> Examined:
    """Open what was found sound. Raises `Refused` or `NotCompilable`, as the others do."""
    estimator = open_skops(content, schema, trusted=trusted)
    notes = [f"Of the {name} in the file its best_estimator_ was taken." for name in schema.searches]
    return _compared(asked, estimator, host=hosted(asked.content, estimator), notes=notes)


def of_catboost(asked: Question) -> Examined:
    """Open a file of CatBoost's own format, which the model host does not take."""
    return _compared(asked, open_catboost(asked.content, asked.spec))


def of_onnx(asked: Question) -> Examined:
    """Try a graph, which is its own truth: there is nothing to compare it with."""
    compiled, answers = compile_given(asked.content, asked.spec, frame_of(asked.columns, asked.spec))
    return Examined.of(answers, compiled, notes=[])


def _compared(
    asked: Question, estimator: object, *, host: Rung | None = None, notes: Sequence[str] = ()
) -> Examined:
    """Answer the rows, and compile and prove if that is asked."""
    refuse_unfit(estimator, asked.spec)
    frame = frame_of(asked.columns, asked.spec)
    if not asked.compile:
        return Examined.of(answers_of(estimator, asked.spec, frame), None, notes=notes)
    closing.refuse_other_types(estimator, asked.spec)
    known = closing.known_texts(estimator, asked.spec)
    closing.refuse_others(known, frame, which="evaluation")
    closed = closing.to_close(known, asked.spec, asked.fixed)
    spec = closing.closed(asked.spec, closed)
    answers = answers_of(estimator, spec, frame)
    compiled = prove(estimator, spec, frame, expected=answers, host=host)
    return Examined.of(answers, compiled, notes=[*notes, *closing.notes_of(closed)], closed=closed)
