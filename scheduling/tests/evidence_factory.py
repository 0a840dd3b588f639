"""What the checks look at, made by hand: real answers of fitted forests, but no server and no database."""

import io
from dataclasses import replace

import joblib
import pandas as pd

from conftest import FIXTURES, iris_spec
from predictions.contract.answers import Answers
from predictions.models import Dataset, ModelVersion, RegisteredModel, Signature
from predictions.registry.compiling import load_bytes
from predictions.registry.proof import compare
from predictions.registry.sklearn_answers import answers_of
from scheduling.checks.base import InForce
from scheduling.evidence.evidence import Evidence
from scheduling.evidence.provenance import Policy
from scheduling.evidence.rehearsed import Rehearsal, Reply
from scheduling.evidence.samples import Log, Sample, Samples
from scheduling.judging import judge
from scheduling.rehearsal.session import bad_requests

POLICY = Policy(least_gain=0.01, floors={"accuracy": 0.6})
VERSIONS = {"weak": (1, 0, "rf-12-base"), "strong": (2, 1, "rf-24-run1")}


def make_evidence(forests, *, candidate="strong", champion="weak", **changes):
    """Evidence about one of `forests` against another one, or against None; `changes` replace fields."""
    spec, frame = iris_spec(), read_csv("evaluation")
    answers = served_answers(forests[candidate], frame)
    version = version_of(candidate)
    evidence = Evidence(
        spec=spec,
        candidate=version,
        champion=version_of(champion) if champion else None,
        evaluation=Dataset(pk=1, role="evaluation", rows=45),
        frame=frame,
        expected=own_answers(forests[candidate], frame),
        proof=None,
        served_answers=answers,
        drift_samples=make_samples(forests[candidate], frame, answers),
        slices={},
        champion_answers=served_answers(forests[champion], frame) if champion else None,
        not_comparable="",
        groupings={},
        looks=0,
        rehearsed=make_rehearsal(answers.outputs, by=version, together=answers),
        training=read_csv("training"),
        policy=POLICY,
        api_base_url="http://127.0.0.1:9",
        redacted=frozenset(),
    )
    evidence = replace(evidence, **changes)
    return replace(evidence, proof=proof_of(evidence)) if evidence.served_answers else evidence


def proof_of(evidence):
    """How the answers compare where every row is compared; None where that cannot be."""
    expected, served = evidence.expected, evidence.served_answers
    alike = len(expected.outputs) == len(served.outputs)
    return compare(expected, served, evidence.spec.labels) if alike else None


def ask(check, evidence, **how):
    """What a check answers, as a judgement asks it."""
    return judge.ask(InForce(check=check, **how), evidence)


def make_samples(forest, frame, answers, **changes):
    """The training rows against the evaluation rows; nothing is logged."""
    training = read_csv("training")
    samples = Samples(
        reference=Sample(name="training set", frame=training, answers=served_answers(forest, training)),
        evaluation=Sample(name="evaluation set", frame=frame, answers=answers),
        log=make_log(pd.DataFrame()),
        importance={"sepallength": 0.1, "sepalwidth": 0.02, "petallength": 0.44, "petalwidth": 0.44},
    )
    return replace(samples, **changes)


def make_log(asked, told=None):
    """A log with these rows, newest first."""
    return Log(asked=asked, told=pd.DataFrame() if told is None else told, windows={})


def make_rehearsal(outputs, *, by=None, together=None, **changes):
    """The replies of a server that answers as it should, to rows and to bad requests.

    `together` are the answers to the same rows in one request.
    """
    replies = changes.get("replies", [make_reply(output, by=by) for output in outputs])
    rehearsal = Rehearsal(
        rows=list(range(len(replies))),
        replies=replies,
        together=[make_reply_to_many(together)] if together else [],
        seconds=[reply.seconds for reply in replies],
        unsteady=0,
        refusals={name: make_refusal() for name in bad_requests(iris_spec())},
        unusual={},
        load_seconds=1.5,
        memory_mb=4.0,
        server_mb=120.0,
    )
    return replace(rehearsal, **changes)


def make_reply(output, *, by=None, **changes):
    """One good answer to a row, computed `by` a version."""
    version = by or version_of("strong")
    reply = Reply(
        status=200,
        body={version.signature.output_name: output, "model": version.name},
        version=version.label,
        seconds=0.004,
    )
    return replace(reply, **changes)


def make_reply_to_many(answers, labels="012", **changes):
    """One good answer to a request of many rows."""
    body = {"model": "iris", "version": "1.1", "predictions": answers.outputs}
    if answers.shares:
        body["probabilities"] = dict(zip(labels, answers.shares, strict=True))
    return replace(Reply(status=200, body=body, version="1.1", seconds=0.01), **changes)


def make_refusal(**changes):
    """One good answer to a bad request."""
    details = [{"field": "petalwidth", "message": "Field required"}]
    reply = Reply(status=400, body={"errorDetails": details}, version="1.1", seconds=0.001)
    return replace(reply, **changes)


def version_of(name):
    """A version of `forests` as a row that was never saved."""
    key, number, label = VERSIONS[name]
    return ModelVersion(
        pk=key,
        signature=Signature(
            number=1,
            output_name="species",
            registered_model=RegisteredModel(name="iris"),
        ),
        number=number,
        name=label,
    )


def read_csv(role):
    """The rows of the fixture, in the signature's order."""
    spec = iris_spec()
    columns = [*(feature.name for feature in spec.features), spec.output_name]
    return pd.read_csv(FIXTURES / f"{role}.csv")[columns]


def served_answers(forest, frame):
    """What the served form says of the rows."""
    _, compiled = forest
    spec = iris_spec()
    return load_bytes(compiled.served_form, spec).predict(spec.rows_of(frame))


def own_answers(forest, frame):
    """What scikit-learn says of the rows."""
    artefact, _ = forest
    return answers_of(joblib.load(io.BytesIO(artefact)), iris_spec(), frame)


def with_outputs(answers, outputs):
    """The same answers with other labels."""
    return Answers(list(outputs), answers.probabilities)
