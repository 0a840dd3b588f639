"""Rows whose every value tells by itself which feature it is of, and what finds such values in a text.

The numbers of a feature have a size that nothing else has, so that what is derived from them (an edge, a
mean, a rounded bound) is found as well.
"""

import json
import re
from dataclasses import asdict, replace

import numpy as np
import pandas as pd

from predictions.contract.answers import Answers
from predictions.contract.fields import FeatureSpec, Kind
from predictions.contract.signature import SignatureSpec
from predictions.models import Dataset, ModelVersion, RegisteredModel, Signature
from scheduling.evidence.evidence import Evidence
from scheduling.evidence.rehearsed import Rehearsal, RehearsalFailed, Reply
from scheduling.evidence.samples import Sample, Samples
from scheduling.rehearsal.session import bad_requests
from scheduling.tests.evidence_factory import POLICY, make_log

OUTPUT = "outcome"
SIZES = {"amount": 7_654_321, "ratio": 8_765_432, "steps": 9_876_543, "flag": 6_543_210}
WORDS = {"word": "marker-word-", "plan": "marker-plan-"}
FEATURES = (
    FeatureSpec(name="amount", kind=Kind.FLOAT, exclusive_minimum=0.0, example=1.0),
    FeatureSpec(name="ratio", kind=Kind.FLOAT, required=False, example=1.0),
    FeatureSpec(name="steps", kind=Kind.INT, example=1),
    FeatureSpec(name="flag", kind=Kind.BOOL, example=True),
    FeatureSpec(name="word", kind=Kind.TEXT, example="a word"),
    FeatureSpec(name="plan", kind=Kind.CATEGORY, categories=("basic", "pro"), required=False, example="pro"),
)
NAMES = frozenset(feature.name for feature in FEATURES)
NUMBER = re.compile(r"(?<![\w.-])-?\d+(?:\.\d+)?(?:e[+-]?\d+)?(?!\w)", re.IGNORECASE)
NEAR = 0.006  # of a size: what 7.65e+06 is rounded to


def seen(text):
    """The features of which a text holds a value, or a number made from values."""
    numbers = np.array([abs(float(found)) for found in NUMBER.findall(text)])
    named = {name for name, size in SIZES.items() if (np.abs(numbers / size - 1) < NEAR).any()}
    return named | {name for name, word in WORDS.items() if word in text}


def as_text(value):
    """Everything that is in a value, to be searched."""
    return json.dumps(value, default=lambda one: asdict(one) if hasattr(one, "__dict__") else str(one))


def quoted():
    """What a library might say of a row."""
    return f"invalid row ({', '.join(str(-size) + '.25' for size in SIZES.values())}, {[*WORDS.values()]})"


def make_rows(count, seed, task="classification"):
    """Rows of values that are all marked; a few are outside of the signature."""
    chance = np.random.default_rng(seed)
    rows = pd.DataFrame({name: size + chance.integers(0, 3000, count) for name, size in SIZES.items()})
    rows = rows.astype(float).assign(flag=chance.integers(0, 2, count).astype(float))
    rows.loc[3, "amount"] = -SIZES["amount"] - 0.25
    rows.loc[5, "flag"] = SIZES["flag"]
    rows.loc[7, "ratio"] = np.nan
    rows["word"] = [f"{WORDS['word']}{i}" for i in chance.integers(0, 3, count)]
    rows["plan"] = [f"{WORDS['plan']}{i}" for i in chance.integers(0, 2, count)]
    return rows.assign(
        **{OUTPUT: chance.integers(0, 2, count) if task == "classification" else chance.random(count)}
    )


def spec_of(task="classification"):
    labels = (0, 1) if task == "classification" else ()
    return SignatureSpec(task=task, output_name=OUTPUT, labels=labels, features=FEATURES)


def marked_evidence(task="classification", **changes):
    """Evidence about two versions that saw such rows; the candidate is worse on a part of them."""
    spec, evaluation, training = spec_of(task), make_rows(300, 1, task), make_rows(400, 2, task)
    judged = spec.answerable(evaluation)
    right = judged[OUTPUT].tolist()
    worse = (judged["word"] == f"{WORDS['word']}1").to_numpy() & (np.arange(len(judged)) % 3 > 0)
    candidate, champion = (
        answers(right, worse, task),
        answers(right, ~worse & (np.arange(len(judged)) % 9 == 0), task),
    )
    evidence = Evidence(
        spec=spec, candidate=version(2, "candidate"), champion=version(1, "champion"),
        evaluation=Dataset(pk=1, role="evaluation", rows=300), frame=evaluation, training=training,
        expected=candidate, proof=None, served_answers=candidate, champion_answers=champion,
        not_comparable="", drift_samples=samples(evaluation, training, candidate, task),
        groupings={}, looks=0, policy=policy(task),
        slices={"much": f"amount > {SIZES['amount'] + 500}", "one word": f"word = {WORDS['word']}1",
                "few": f"steps > {SIZES['steps'] + 2990}", "gone": f"colour = {WORDS['word']}1"},
        rehearsed=played(candidate), api_base_url="http://127.0.0.1:9", redacted=frozenset(),
    )  # fmt: skip
    return replace(evidence, **changes)


def policy(task):
    metrics = {"classification": ("accuracy", "accuracy"), "regression": ("rmse", "mae")}
    primary, floor = metrics[task]
    return replace(POLICY, primary_metric=primary, floors={floor: 0.6})


def version(key, name):
    model = RegisteredModel(name="marked")
    signature = Signature(number=1, output_name=OUTPUT, registered_model=model)
    return ModelVersion(pk=key, signature=signature, number=key, name=name)


def answers(right, wrong, task):
    """The truth, but for some rows."""
    if task == "regression":
        return Answers([value + 0.5 * w + 0.01 for value, w in zip(right, wrong, strict=True)])
    labels = [int(label) ^ int(w) for label, w in zip(right, wrong, strict=True)]
    return Answers(labels, np.array([[0.8, 0.2] if label == 0 else [0.2, 0.8] for label in labels]))


def samples(evaluation, training, candidate, task):
    said = answers(training[OUTPUT].tolist(), np.zeros(len(training), dtype=bool), task)
    log = make_rows(800, 3, task)
    return Samples(
        reference=Sample(name="training set", frame=training, answers=said),
        evaluation=Sample(name="evaluation set", frame=evaluation, answers=candidate),
        log=make_log(log.drop(columns=OUTPUT), log),
        importance=dict.fromkeys(sorted(NAMES), 1 / len(NAMES)),
    )


def reply(output, **changes):
    body = {OUTPUT: output, "model": "candidate"}
    return replace(Reply(status=200, body=body, version="1.2", seconds=0.004), **changes)


def played(candidate, **changes):
    """A rehearsal in which all went well."""
    keys = ("0", "1")
    together = {
        "predictions": candidate.outputs,
        "probabilities": dict(zip(keys, candidate.shares, strict=False)),
    }
    refusals = {name: reply(0, status=400, body={"errorDetails": [1]}) for name in bad_requests(spec_of())}
    done = Rehearsal(
        rows=list(range(len(candidate.outputs))), replies=[reply(output) for output in candidate.outputs],
        together=[reply(0, body=together)], seconds=[0.004] * len(candidate.outputs), unsteady=0,
        refusals=refusals, unusual={}, load_seconds=1.0, memory_mb=4.0, server_mb=120.0,
    )  # fmt: skip
    return replace(done, **changes)


class Raising:
    """Evidence that cannot be looked at without an error that quotes a row."""

    def __init__(self, redacted=frozenset()):
        self.redacted = redacted

    def sample_of(self, names):
        return "", {}

    def __getattr__(self, name):
        raise ValueError(quoted())


def constant(evidence):
    """Every column of the evaluation set is one value."""
    return replace(evidence, frame=evidence.frame.assign(**{n: evidence.frame[n].iloc[0] for n in NAMES}))


def unlike(evidence):
    """What is new lies further than training, in words that it never saw."""
    frame, log = _further(evidence.frame), evidence.samples.log
    newest = make_log(_further(log.asked), _further(log.told))
    evaluation = replace(evidence.samples.evaluation, frame=frame)
    samples = replace(evidence.samples, log=newest, evaluation=evaluation)
    return replace(evidence, frame=frame, drift_samples=samples)


def _further(rows):
    numbers = {name: rows[name] + 20_000 for name in SIZES if name != "flag"}
    return rows.assign(**numbers, **{name: rows[name] + "-new" for name in WORDS})


def leaky(evidence):
    """Training saw the evaluation rows, many of them twice, and a word that gives the label away."""
    telling = {"word": WORDS["word"] + evidence.frame[OUTPUT].astype(str)}
    rows = evidence.frame.assign(**telling)
    return replace(evidence, frame=pd.concat([rows, rows.head(90)]).reset_index(drop=True), training=rows)


def broken(evidence):
    """Every answer over HTTP quotes a row, in its body or in what raised it."""
    said = [
        reply(0, body={"echo": quoted()})
        if row % 2
        else reply(0, status=500, problem="ValueError", words=quoted())
        for row in evidence.rehearsed.rows
    ]
    odd = {"word unheard of": reply(0, status=500, problem="ValueError", words=quoted())}
    taken = {name: reply(0, body={"echo": quoted()}) for name in evidence.rehearsed.refusals}
    return replace(
        evidence,
        rehearsed=replace(evidence.rehearsed, replies=said, together=said, unusual=odd, refusals=taken,
                          champion_failed="it broke", champion_words=quoted()),
    )  # fmt: skip


def failed(evidence):
    """The rehearsal failed at a row."""
    return replace(evidence, rehearsed=RehearsalFailed("no answer within 5 s", words=quoted()))


def unlogged(evidence):
    """Nobody has asked lately: the evaluation set stands for what is new."""
    return replace(evidence, drift_samples=replace(evidence.samples, log=make_log(pd.DataFrame())))


SCENARIOS = {
    "as it is": lambda evidence: evidence,
    "columns of one value": constant,
    "other rows than training": unlike,
    "rows that leak": leaky,
    "broken answers": broken,
    "a rehearsal that failed": failed,
    "no log": unlogged,
    "first version": lambda evidence: replace(evidence, champion=None, champion_answers=None),
}
