"""ONNX files in the sandbox: real ones are served as they are, and rubbish is refused quickly."""

import time

import numpy as np
import pytest

from predictions.contract.fields import FeatureSpec, Kind
from predictions.contract.signature import SignatureSpec
from predictions.registry.compiling import load_bytes
from predictions.registry.refusals import NotCompilable
from scheduling.tests.model_files.onnx_factory import NAMES, RUBBISH, from_sklearn, network
from scheduling.tests.registering.sent import make_model, make_rows
from scheduling.uploads import sandbox
from scheduling.uploads.sandbox import SandboxRefused

FRAME = make_rows(80)
SPEC = SignatureSpec(
    task="classification", output_name="churned", labels=("no", "yes"),
    features=tuple(FeatureSpec(name=name, kind=Kind.FLOAT) for name in NAMES),
)  # fmt: skip


@pytest.mark.parametrize(
    "content",
    [from_sklearn(make_model()), network(), network(rows=1), network(names=("age", "price")),
     network(names=("price", "age"), weight=-1.0)],
    ids=["skl2onnx", "pytorch", "of one row", "two inputs", "inputs by name"],
)  # fmt: skip
def test_a_real_file_is_served_as_it_is(content):
    made = sandbox.examine(content, spec=SPEC, frame=FRAME)
    assert (made.compiled.rung, made.compiled.parity["kind"]) == ("onnx_given", "none")
    served = load_bytes(made.compiled.served_form, SPEC).predict_frame(FRAME)
    assert served.outputs == made.answers.outputs
    np.testing.assert_array_equal(served.probabilities, made.answers.probabilities)
    right = np.array(served.outputs) == FRAME["churned"]
    assert right.mean() > 0.8
    assert sandbox.answers(content, spec=SPEC, frame=FRAME).outputs == served.outputs


@pytest.mark.parametrize("what", RUBBISH)
def test_rubbish_is_refused_quickly_and_only_what_runs_was_opened(what, config):
    make, code = RUBBISH[what]
    config.CHILD_MEMORY_MB = 1024
    content, started = make(), time.perf_counter()
    with pytest.raises((SandboxRefused, NotCompilable)) as caught:
        sandbox.examine(content, spec=SPEC, frame=FRAME)
    assert caught.value.code == code
    assert time.perf_counter() - started < 15
    assert len(str(caught.value)) < 400
    assert caught.value.is_opened is (code not in {"onnx_structure", "onnx_inputs", "onnx_outputs"})
