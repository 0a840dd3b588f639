"""Counted requests, from lines to rows: the last of each block stands, however often they are read."""

import json
from uuid import UUID

import pytest

from predictions.log.ingester import Ingester
from predictions.models import Prediction, RequestCount
from predictions.tests.factories import make_model, make_person, make_version
from predictions.tests.spool_files import finished, line

pytestmark = pytest.mark.django_db
ID = UUID("019cc1b2-0000-7000-8000-000000000000")
AT = 1_772_776_200.0  # 05:50 UTC


def counted(version, number=0, *, answered=0, failed=0, error="", block=AT, who="", both=0, times=None):
    fields = [
        "requests",
        str(UUID(int=ID.int + number)),
        version,
        who,
        block,
        block + 7.5,
        answered,
        3,
        failed,
    ]
    return json.dumps([*fields, both, failed - both, error, times or {}]).encode() + b"\n"


@pytest.fixture
def version():
    return make_version(make_model("iris"), "rf")


def test_a_line_becomes_a_row_among_predictions(config, version):
    counts = counted(version.pk, answered=9, failed=1, error="MemoryError: ")
    finished(config.SPOOL_DIR, line(version.pk), counts, line(version.pk, 1))
    assert Ingester(config.SPOOL_DIR).step() == 2
    row = RequestCount.objects.get()
    assert (row.model_version, row.answered, row.refused, row.failed) == (version, 9, 3, 1)
    assert (f"{row.block:%H:%M}", f"{row.counted_until:%H:%M:%S}") == ("05:50", "05:50:07")
    assert row.last_error == "MemoryError: "
    assert Prediction.objects.count() == 2


def test_the_last_line_of_a_block_stands_in_one_batch_and_in_the_next(config, version):
    folder = config.SPOOL_DIR
    finished(folder, counted(version.pk, answered=1), counted(version.pk, answered=4))
    Ingester(folder).step()
    assert RequestCount.objects.get().answered == 4
    finished(folder, counted(version.pk, answered=9), counted(version.pk, 1, answered=2))
    Ingester(folder).step()
    assert sorted(RequestCount.objects.values_list("answered", flat=True)) == [2, 9]


def test_ingesting_twice_changes_nothing(config, version):
    for _ in range(2):
        finished(config.SPOOL_DIR, *[counted(version.pk, i // 2, answered=i) for i in range(6)])
        Ingester(config.SPOOL_DIR).step()
    assert sorted(RequestCount.objects.values_list("answered", flat=True)) == [1, 3, 5]


@pytest.mark.parametrize(
    "bad",
    [
        b'["requests",\n', counted(10**6), counted(10**30), counted(1, answered=-1),
        counted(1, error="x" * 301), counted(1, who="x" * 255), counted(1, times={"many": {3: 1}}),
        counted(1, times={65: {3: 1}}), counted(1, times={1: {401: 1}}), counted(1, times={1: {3: -1}}),
        counted(1, block=1e300), counted(1).replace(b"requests", b"responses"),
    ],
)  # fmt: skip
def test_a_bad_line_is_kept_aside_and_the_rest_goes_on(config, version, bad):
    finished(config.SPOOL_DIR, bad, counted(version.pk), line(version.pk))
    ingester = Ingester(config.SPOOL_DIR)
    assert (ingester.step(), ingester.rejected.lines) == (1, 1)
    assert RequestCount.objects.count() == 1


def test_a_zero_character_stops_nothing(config, version):
    finished(config.SPOOL_DIR, counted(version.pk, failed=1, error="a\0b", who="c\0"))
    Ingester(config.SPOOL_DIR).step()
    assert (RequestCount.objects.get().last_error, RequestCount.objects.get().who) == ("a?b", "c?")


def test_a_block_ends_in_one_stretch_of_time_only(config, version):
    finished(config.SPOOL_DIR, *[counted(version.pk, i, answered=1, block=AT + 300 * i) for i in range(4)])
    Ingester(config.SPOOL_DIR).step()
    blocks = sorted(RequestCount.objects.values_list("block", flat=True))
    second = blocks[1]
    found = RequestCount.objects.ended_in(second, blocks[3])
    assert sorted(found.values_list("block", flat=True)) == [second, blocks[2]]
    assert [sums[""].answered for sums in found.by_block_and_caller().values()] == [1, 1]
    assert RequestCount.objects.none().by_block_and_caller() == {}


def test_workers_add_up_by_block_and_caller(config, version):
    lines = [
        counted(version.pk, 1, answered=3, failed=2, both=1, times={1: {40: 3}}),
        counted(version.pk, 2, answered=4, failed=0, times={1: {40: 1, 44: 2}, 11: {90: 1}}),
        counted(version.pk, 3, answered=5, who="ann"),
        counted(version.pk, 4, answered=6, block=AT + 300),
    ]
    finished(config.SPOOL_DIR, *lines)
    Ingester(config.SPOOL_DIR).step()
    first, second = RequestCount.objects.all().by_block_and_caller().values()
    assert (first["ann"].answered, second[""].answered) == (5, 6)
    both = first[""]
    assert (both.answered, both.failed, both.both_failed, both.only_failed) == (7, 2, 1, 1)
    assert both.latencies == {1: {40: 4, 44: 2}, 11: {90: 1}}


def test_the_admin_shows_them_and_changes_nothing(config, version, admin_client, client):
    finished(config.SPOOL_DIR, counted(version.pk, failed=7, error="MemoryError: "))
    Ingester(config.SPOOL_DIR).step()
    page = admin_client.get("/admin/predictions/requestcount/")
    assert "MemoryError" in page.content.decode()
    assert admin_client.get("/admin/predictions/requestcount/add/").status_code == 403
    client.force_login(make_person("ann", is_staff=True))
    assert client.get("/admin/predictions/requestcount/").status_code == 403
