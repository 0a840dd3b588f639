"""Whatever a table holds: what is inferred from it is a signature that its own rows fit."""

import io

import msgspec
import pandas as pd
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from predictions.contract.feature_rules import problems_of
from predictions.contract.fields import MOST
from predictions.models import Dataset
from predictions.registry.datasets import Table
from predictions.registry.inference import infer
from predictions.tables.names import DatasetInvalid, problem_of_name
from predictions.tables.reading import read_cells

ROWS = 22
NAMES = st.text(min_size=1, max_size=12).filter(lambda name: not problem_of_name(name) and "\r" not in name)
VALUES = {
    "float": st.floats(-MOST, MOST), "int": st.integers(-(2**53), 2**53),
    "small": st.integers(0, 3), "bool": st.booleans(), "text": st.text(max_size=8),
    "few": st.sampled_from(["a", "b b", 'c"', "d,e"]), "zip": st.from_regex(r"0\d{4}", fullmatch=True),
    "time": st.datetimes(pd.Timestamp(1900, 1, 1), pd.Timestamp(2200, 1, 1)),
}  # fmt: skip


@st.composite
def tables(draw):
    names = draw(st.lists(NAMES, min_size=2, max_size=5, unique=True))
    columns = {}
    for name in names[1:]:
        values = VALUES[draw(st.sampled_from(sorted(VALUES)))]
        gaps = draw(st.booleans())
        cells = st.one_of(st.none(), values) if gaps else values
        columns[name] = draw(st.lists(cells, min_size=ROWS, max_size=ROWS))
    labels = draw(st.sampled_from([["no", "yes"], [0, 1], [False, True], [0.5, 2.5]]))
    columns[names[0]] = [
        *labels,
        *draw(st.lists(st.sampled_from(labels), min_size=ROWS - 2, max_size=ROWS - 2)),
    ]
    return pd.DataFrame(columns), names[0]


def answered(cells, output):
    """Ask until all is said, by the first choice that keeps the column where there is one."""
    kinds, drop = {}, []
    for _ in range(4):
        inferred = infer(cells, output=output, kinds=kinds, drop=drop)
        if not inferred.questions:
            return inferred.spec
        for question in inferred.questions:
            choices = [choice for choice in question.choices if choice != "drop"]
            if not choices or question.field in kinds:
                kinds.pop(question.field, None)
                drop.append(question.field)
            else:
                kinds[question.field] = choices[-1]
    return None


def check(frame, cells, output):
    spec = answered(cells, output)
    if spec is None or not spec.features:
        return
    assert not [problem for feature in spec.features for problem in problems_of(feature)]
    rows = Table(Dataset(role="training"), cells).frame(spec)
    good = spec.answerable(rows)
    written = spec.written(spec.rows_of(good))
    for row, values in zip(spec.rows_of(good), written, strict=True):
        body = dict(zip(spec.names, values, strict=True))
        assert spec.parse(msgspec.json.encode(body)) == row
    assert set(rows[output].dropna()) <= set(spec.labels)
    assert len(good) == len(frame)


@settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
@given(tables(), st.sampled_from([",", ";", "\t", "|"]))
def test_rows_of_a_csv_file_fit_the_signature_inferred_from_it(made, delimiter):
    frame, output = made
    content = frame.to_csv(index=False, sep=delimiter).encode("utf-8", "replace")
    try:
        cells = read_cells(content)
    except DatasetInvalid:
        return
    if cells.columns.tolist() == frame.columns.tolist():
        check(frame, cells, output)


@settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
@given(tables())
def test_rows_of_a_parquet_file_fit_the_signature_inferred_from_it(made):
    frame, output = made
    buffer = io.BytesIO()
    frame.convert_dtypes().to_parquet(buffer)
    check(frame, read_cells(buffer.getvalue()), output)
