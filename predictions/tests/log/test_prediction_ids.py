"""Every prediction has an id of its own; those of one request are counted up from a drawn one."""

import json
from uuid import UUID

import pytest

from predictions.log.records import ids_from, json_of_ids, new_id


@pytest.mark.parametrize("count", [1, 2, 1000])
def test_ids_are_different_version_7_uuids(count):
    ids = [*ids_from(new_id(), count), *ids_from(new_id(), count)]
    assert len(set(ids)) == 2 * count
    assert {(UUID(one).version, UUID(one).variant, len(one)) for one in ids} == {
        (7, "specified in RFC 4122", 36)
    }


def test_ids_of_a_request_are_counted_up_and_start_again_after_the_last():
    assert ids_from("01a20c2f-0669-7316-b4e0-ffffffffffff", 3) == [
        "01a20c2f-0669-7316-b4e0-ffffffffffff",
        "01a20c2f-0669-7316-b4e0-000000000000",
        "01a20c2f-0669-7316-b4e0-000000000001",
    ]


@pytest.mark.parametrize("count", [1, 2, 1000])
def test_encoded_they_are_the_same(count):
    first = "01a20c2f-0669-7316-b4e0-fffffffffffe"
    assert json.loads(bytes(json_of_ids(first, count))) == ids_from(first, count)
