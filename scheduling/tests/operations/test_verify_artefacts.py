"""`manage.py verify_artefacts`: what is missing, changed or unknown under MEDIA_ROOT."""

import io
import json
import os
import time
import tracemalloc

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from conftest import register
from predictions.models import Dataset, ModelVersion, RegisteredModel
from predictions.registry import artefacts
from scheduling.models import EvidenceFile, Run
from scheduling.operations import stored_files
from scheduling.runs import quarantine
from scheduling.tests.run_factory import make_parcel, make_run

pytestmark = pytest.mark.django_db


def verify():
    """The JSON, and the exit code."""
    output = io.StringIO()
    try:
        call_command("verify_artefacts", json=True, stdout=output)
        code = 0
    except SystemExit as ended:
        code = ended.code
    return json.loads(output.getvalue()), code


def paths(told, fault):
    return [one["path"] for one in told[fault]]


def old(config, relative):
    hours_ago = time.time() - 7200
    os.utime(config.MEDIA_ROOT / relative, (hours_ago, hours_ago))
    return relative


@pytest.fixture
def version(iris, forests):
    return register(iris, forests["weak"], name="first", source="trained")


def test_all_is_sound(version):
    told, code = verify()
    assert (code, told["sound"]) == (0, told["files"])
    assert told["files"] >= 4  # two datasets, two files of the version


def test_what_keeps_the_folder_in_git_is_known(version, config):
    (config.MEDIA_ROOT / ".gitkeep").touch()
    old(config, ".gitkeep")
    assert verify()[1] == 0


def test_a_missing_and_a_changed_file_are_told_with_who_names_them(version, config):
    (config.MEDIA_ROOT / version.artefact).unlink()
    (config.MEDIA_ROOT / version.served_form).write_bytes(b"another")
    told, code = verify()
    assert code == 1
    assert paths(told, "missing") == [version.artefact]
    assert paths(told, "changed") == [version.served_form]
    assert told["changed"][0]["named_by"] == f"version {version}"


def test_datasets_and_evidence_are_looked_at_too(version, iris, config):
    dataset = Dataset.objects.first()
    (config.MEDIA_ROOT / dataset.file).write_bytes(b"")
    EvidenceFile.objects.create(run=make_run(iris), file="evidence/iris/x/run.json.gz", sha256="0" * 64)
    told, code = verify()
    assert (paths(told, "changed"), code) == ([dataset.file], 1)
    assert paths(told, "missing") == ["evidence/iris/x/run.json.gz"]


def test_a_file_that_no_row_names_is_told_once_it_is_not_just_being_written(version, config):
    path = artefacts.store(b"x", folder="models/iris", filename="left.joblib")
    assert verify()[1] == 0
    old(config, path)
    told, code = verify()
    assert (paths(told, "unknown"), code) == ([path], 1)


def test_an_upload_that_waits_is_known_and_one_that_was_left_is_not(iris, config):
    waits, left = make_parcel(), make_parcel()
    make_run(iris, task="upload", parameters=waits.parameters)
    old(config, f"{waits.folder}/file")
    path = old(config, f"{left.folder}/file")
    assert paths(verify()[0], "unknown") == [path]


def test_files_that_a_person_has_still_to_confirm_are_known(config):
    shown = make_parcel(name="training")
    empty = RegisteredModel.objects.create(name="empty", title="Empty")
    ended = {"status": Run.Status.FINISHED, "finished_at": timezone.now()}
    make_run(empty, task="register", parameters=shown.parameters | {"what": quarantine.PREVIEW}, **ended)
    path = old(config, f"{shown.folder}/training")
    assert paths(verify()[0], "unknown") == []
    empty.signatures.create(number=1, task="regression", output_name="y")  # it was confirmed
    assert paths(verify()[0], "unknown") == [path]


def test_a_retired_versions_files_may_be_gone_or_still_there(version, config):
    old(config, version.artefact)
    (config.MEDIA_ROOT / version.served_form).unlink()
    ModelVersion.objects.filter(pk=version.pk).update(retired_at=timezone.now())
    assert verify()[1] == 0


def test_a_file_that_cannot_be_read_is_told(version, config):
    path = config.MEDIA_ROOT / version.artefact
    path.unlink()
    path.mkdir()
    assert paths(verify()[0], "unreadable") == [version.artefact]


def test_for_people_it_ends_with_what_to_do(version, config, capsys):
    (config.MEDIA_ROOT / version.artefact).unlink()
    with pytest.raises(SystemExit):
        call_command("verify_artefacts")
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].split("\t")[:2] == ["missing", version.artefact]
    assert lines[-1].startswith("1 missing: ")


def test_many_versions_cost_neither_memory_nor_many_queries(iris, version, config, monkeypatch):
    one = ModelVersion.objects.get(pk=version.pk)
    columns = {
        field.attname: getattr(one, field.attname) for field in one._meta.fields if field.attname != "id"
    }
    ModelVersion.objects.bulk_create(
        [ModelVersion(**columns | {"number": 100 + n, "artefact_sha256": f"{n:064}"}) for n in range(2000)]
    )
    monkeypatch.setattr(stored_files, "_fault", lambda relative, sha256: "")
    tracemalloc.start()
    with CaptureQueriesContext(
        connection,
    ) as queries:
        assert sum(1 for _ in stored_files.examine_files()) >= 4000
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert len(queries) < 12
    assert peak < 30 * 2**20
