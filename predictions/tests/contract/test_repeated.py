"""Of a name that an object has twice the last value counts, in every shape, as docs/api.md says."""

from predictions.contract.bodies import BodyReader
from predictions.contract.fields import FeatureSpec, Kind
from predictions.contract.signature import SignatureSpec

SPEC = SignatureSpec("classification", "y", (0, 1), (FeatureSpec(name="a", kind=Kind.FLOAT),))


def test_the_last_value_counts():
    body, reader = b'{"a": 1, "a": 2}', BodyReader(SPEC)
    assert SPEC.parse(body) == (2.0,)
    assert list(reader.read(body, most=9).rows) == [(2.0,)]
    assert list(reader.read(b"[%s]" % body, most=9).rows) == [(2.0,)]
    assert list(reader.read(b'{"columns": {"a": [1], "a": [2]}}', most=9).rows) == [(2.0,)]
