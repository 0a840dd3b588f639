"""Data in order are seen without pandera, which takes half a second to be imported."""

import sys

import pytest

from scheduling.quality.cells import bad_cells
from scheduling.tests.quality_factory import NAMES, table_of


@pytest.mark.parametrize("name", NAMES)
def test_data_in_order_need_no_schema(name, monkeypatch):
    monkeypatch.setitem(sys.modules, "scheduling.quality.schema", None)
    table, spec = table_of(name)
    assert bad_cells(table, spec, "training") == []


def test_one_label_of_another_kind_is_found():
    table, spec = table_of("penguins")
    table.loc[3, spec.output_name] = "Emu"
    (found,) = bad_cells(table, spec, "training")
    assert (found.column, found.count) == (spec.output_name, 1)
