"""Files on their way into quarantine: limits, cut connections, full disks; nothing of them stays."""

import errno
import io
from types import SimpleNamespace

import pytest
from django.http import UnreadablePostError
from django.test import RequestFactory

from predictions.contract.fields import InvalidInput
from predictions.models import RegisteredModel
from scheduling.models import Run
from scheduling.registering.waiting import WorkerBusy, slot
from scheduling.runs import parcels
from scheduling.tests.registering.sent import (
    as_csv,
    fields_of,
    files_under,
    make_form,
    make_person,
    make_rows,
    post,
)
from scheduling.views.registering.receiving import received

pytestmark = pytest.mark.django_db
BOUNDARY = "frontier"
TYPE = f"multipart/form-data; boundary={BOUNDARY}"


@pytest.fixture
def ann(db):
    return make_person("ann", "register")


def part(name, value, filename=""):
    file = f'; filename="{filename}"' if filename else ""
    return f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"{file}\r\n\r\n{value}\r\n'


def body_of(*parts):
    return ("".join(parts) + f"--{BOUNDARY}--\r\n").encode()


def send(client, headers, body, content_type=TYPE, **extra):
    return client.generic("POST", "/api/models", body, content_type, headers=headers, **extra)


def nothing_stays(config):
    left = files_under(config.MEDIA_ROOT)
    return left == [] and not Run.objects.exists() and not RegisteredModel.objects.exists()


def test_a_file_over_the_limit_is_413(client, ann, config):
    config.MAX_UPLOAD_BYTES = 1000
    reply = post(client, "/api/models", make_form(training=as_csv(make_rows(200))), headers=ann)
    assert (reply.status_code, reply.json()["code"], fields_of(reply)) == (
        413,
        "body_too_large",
        ["training"],
    )
    assert nothing_stays(config)


def test_a_body_over_all_limits_is_413_before_it_is_read(client, ann, config, settings):
    config.MAX_UPLOAD_BYTES = settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 10
    reply = send(client, ann, body_of(part("training", "x" * 100, "a.csv")))
    assert (reply.status_code, reply.json()["code"]) == (413, "body_too_large")
    assert nothing_stays(config)


def test_texts_that_are_too_long_are_413(client, ann, settings):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 100
    reply = send(client, ann, body_of(part("title", "x" * 200)))
    assert (reply.status_code, reply.json()["code"]) == (413, "body_too_large")


@pytest.mark.parametrize("ends", [lambda: b"", lambda: (_ for _ in ()).throw(UnreadablePostError)])
def test_a_connection_that_is_cut_leaves_nothing(config, ends):
    whole = body_of(part("training", "a,b\n1,2\n" * 50_000, "a.csv"))
    came = io.BytesIO(whole[:100_000])
    cut = SimpleNamespace(
        META={"CONTENT_TYPE": TYPE, "CONTENT_LENGTH": str(len(whole))},
        content_type=TYPE,
        read=lambda size: came.read(size) or ends(),
    )
    with pytest.raises(InvalidInput) as caught, received(cut, files=("training",)):
        pass
    assert [one.field for one in caught.value.errors] == ["Content-Length"]
    assert nothing_stays(config)


def test_a_folder_that_cannot_be_written_is_507(client, ann, config, tmp_path):
    (tmp_path / "taken").write_text("")
    config.MEDIA_ROOT = tmp_path / "taken"
    reply = post(client, "/api/models", make_form(), headers=ann)
    assert (reply.status_code, reply.json()["code"]) == (507, "media_unusable")


def test_a_form_without_its_end_is_refused_because_its_last_part_is_lost(client, ann, config):
    body = body_of(part("training", "a,b\n1,2\n", "a.csv"), part("evaluation", "a,b\n1,2\n", "b.csv"))
    reply = send(client, ann, body[:-20])
    assert (reply.status_code, fields_of(reply)) == (400, ["body"])
    assert nothing_stays(config)


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT])
def test_a_disk_that_fills_up_half_way_is_507(client, ann, config, monkeypatch, number):
    made = []

    class Full(io.BytesIO):
        def write(self, chunk):
            if len(made) == 2:
                raise OSError(number, "no space")
            return super().write(chunk)

        def fileno(self):
            return made[-1].fileno()

    def opened(path, mode):
        made.append(open(path, mode))  # noqa: SIM115
        return Full()

    monkeypatch.setattr(parcels, "open", opened, raising=False)
    reply = post(client, "/api/models", make_form(), headers=ann)
    assert (reply.status_code, reply.json()["code"]) == (507, "disk_full")
    assert len(made) == 2
    assert nothing_stays(config)


@pytest.mark.parametrize(
    ("body", "content_type", "status"),
    [
        (b"", TYPE, 415),
        (b"rubbish", TYPE, 400),
        (b"{}", "application/json", 415),
        (b"name=churn", "application/x-www-form-urlencoded", 415),
        (b"rubbish", "multipart/form-data", 400),
        (body_of(part("training", "a", "a.csv"), part("training", "b", "b.csv")), TYPE, 400),
        (body_of(part("training", "a", "a.csv"), part("training", "b")), TYPE, 400),
        (body_of(*[part(f"n{i}", "a") for i in range(2000)]), TYPE, 400),
        (body_of(part("rubbish", "a", "a.csv")), TYPE, 400),
    ],
)
def test_what_is_no_good_form_is_refused(client, ann, config, body, content_type, status):
    assert send(client, ann, body, content_type).status_code == status
    assert nothing_stays(config)


def test_a_compressed_form_is_refused(client, ann):
    reply = send(client, ann | {"Content-Encoding": "gzip"}, body_of())
    assert (reply.status_code, fields_of(reply)) == (415, ["Content-Encoding"])


def test_who_may_not_is_refused_before_a_byte_is_read(client, config):
    assert post(client, "/api/models", make_form()).status_code == 401
    assert post(client, "/api/models", make_form(), headers=make_person("bob", "upload")).status_code == 403
    assert nothing_stays(config)


def test_a_worker_receives_one_upload_at_a_time(client, ann, config):
    with slot.occupied():
        reply = post(client, "/api/models", make_form(), headers=ann)
    assert (reply.status_code, reply.json()["code"]) == (429, "throttled")
    assert reply["Retry-After"] == "2"
    assert nothing_stays(config)


def test_files_are_streamed_and_hashed(config):
    content = "x" * 300_000
    request = RequestFactory().post(
        "/", body_of(part("file", content, "../../a.csv"), part("role", "training")), TYPE
    )
    reads = []
    drf = SimpleNamespace(
        META=request.META, content_type=TYPE, read=lambda size: reads.append(size) or request.read(size)
    )
    with received(drf, files=("file",)) as (form, sent):
        assert form == {"file": True, "role": "training"}
        assert sent.files["file"]["filename"] == "a.csv"
        assert (config.MEDIA_ROOT / sent.folder / "file").stat().st_size == len(content)
    assert max(reads) <= 2**16
    assert files_under(config.MEDIA_ROOT) == []
    with pytest.raises(WorkerBusy), slot.occupied(), received(drf, files=()):
        pass
