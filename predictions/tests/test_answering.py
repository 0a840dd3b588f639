"""Every prediction has an id of its own; those of one request are counted up from a drawn one."""

from unittest import mock
from uuid import UUID

import pytest

from predictions import answering, serving
from predictions.answering import answer, new_ids


@pytest.mark.parametrize("count", [1, 2, 1000])
def test_ids_are_different_version_7_uuids(count):
    ids = [*new_ids(count), *new_ids(count)]
    assert len(set(ids)) == 2 * count
    assert {(UUID(one).version, UUID(one).variant, len(one)) for one in ids} == {
        (7, "specified in RFC 4122", 36)
    }


def test_ids_of_a_request_are_counted_up_and_start_again_after_the_last():
    with mock.patch.object(answering, "uuid7", return_value="01a20c2f-0669-7316-b4e0-ffffffffffff"):
        assert new_ids(3) == [
            "01a20c2f-0669-7316-b4e0-ffffffffffff",
            "01a20c2f-0669-7316-b4e0-000000000000",
            "01a20c2f-0669-7316-b4e0-000000000001",
        ]


def test_an_answer_has_an_id_for_each_row_and_the_seconds_of_all(weak):
    version = serving.load(weak)
    rows = [(5.1, 3.5, 1.4, 0.2), (6.5, 3.0, 5.8, 2.2)]
    answered = answer(version, rows, who="ann")
    assert answered.answers.outputs == version.predict(rows).outputs
    assert len(set(answered.ids)) == 2
    assert 0 < answered.seconds < 5
