"""Every prediction has an id of its own; those of one request are counted up from a drawn one."""

from unittest import mock
from uuid import UUID

import pytest

from predictions import prediction_ids
from predictions.prediction_ids import new_ids


@pytest.mark.parametrize("count", [1, 2, 1000])
def test_ids_are_different_version_7_uuids(count):
    ids = [*new_ids(count), *new_ids(count)]
    assert len(set(ids)) == 2 * count
    assert {(UUID(one).version, UUID(one).variant, len(one)) for one in ids} == {
        (7, "specified in RFC 4122", 36)
    }


def test_ids_of_a_request_are_counted_up_and_start_again_after_the_last():
    with mock.patch.object(prediction_ids, "uuid7", return_value="01a20c2f-0669-7316-b4e0-ffffffffffff"):
        assert new_ids(3) == [
            "01a20c2f-0669-7316-b4e0-ffffffffffff",
            "01a20c2f-0669-7316-b4e0-000000000000",
            "01a20c2f-0669-7316-b4e0-000000000001",
        ]
