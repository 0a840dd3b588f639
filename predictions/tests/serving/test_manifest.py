"""What was live is kept on disk, signed: nobody else can make a worker load something."""

import json
import logging
import re

import pytest
from django.core import signing

from predictions.registry import loading
from predictions.serving import serving
from predictions.serving.follower import Follower
from predictions.serving.serving import ManifestUnusable
from predictions.tests.factories import make_live, make_model

pytestmark = pytest.mark.django_db


def test_it_says_all_that_serving_needs(live):
    [kept] = serving.Manifest.read().models
    assert (kept.name, kept.public, kept.is_default) == ("iris", True, True)
    assert (kept.output_name, kept.invalid_input_message) == (
        "species",
        live.registered_model.invalid_input_message,
    )
    assert kept.version == loading.Loadable.of(live)
    assert kept.version.spec == live.signature.spec()


def test_a_model_of_which_nothing_is_live_is_kept_too(live):
    make_model("wine", public=False)
    Follower().step()
    assert [(kept.name, kept.public, kept.version is None) for kept in serving.Manifest.read().models] == [
        ("iris", True, False), ("wine", False, True)
    ]  # fmt: skip


def test_it_is_written_when_something_changed_and_not_at_every_step(live, strong):
    follower = Follower()
    follower.step()
    written = serving.Manifest.read().written_at
    follower.step()
    assert serving.Manifest.read().written_at == written
    make_live(strong)
    follower.step()
    assert serving.Manifest.read().models[0].version.label == "1.1"
    assert list(serving.manifest_path().parent.iterdir()) == [serving.manifest_path()]  # no drafts


def test_what_does_not_load_is_not_kept(live, strong, config):
    (config.MEDIA_ROOT / strong.served_form).unlink()
    make_live(strong)
    Follower().step()
    assert serving.Manifest.read().models[0].version.label == "1.0"


def test_a_disk_that_is_full_stops_no_flip(live, strong, monkeypatch, caplog):
    def full(*args):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("predictions.serving.serving.os.fsync", full)
    make_live(strong)
    Follower().step()
    assert serving.current().default.version.label == "1.1"
    [line] = [record.getMessage() for record in caplog.records if record.levelno == logging.ERROR]
    assert "No space left on device" in line
    assert serving.Manifest.read().models[0].version.label == "1.0"
    assert list(serving.manifest_path().parent.iterdir()) == [serving.manifest_path()]


def test_after_a_full_disk_it_is_written_as_soon_as_there_is_room(live, strong, monkeypatch):
    def full(*args):
        raise OSError(28, "No space left on device")

    make_live(strong)
    follower = Follower()
    with monkeypatch.context() as without_room:
        without_room.setattr("predictions.serving.serving.os.fsync", full)
        follower.step()
    follower.step()  # not at each step: the log would be full of it
    assert serving.Manifest.read().models[0].version.label == "1.0"
    follower._write_again_at = 0.0
    follower.step()
    assert serving.Manifest.read().models[0].version.label == "1.1"


def flip_a_byte(text):
    return text.replace("rf-12-base", "rf-12-bass", 1)


def sign_with_another_key(text):
    return signing.Signer(key="k" * 50, salt=serving.SALT).sign(text.rsplit(":", 1)[0])


def sign_for_another_purpose(text):
    return signing.Signer(salt="cookies").sign(text.rsplit(":", 1)[0])


def another_format(text):
    body = json.loads(text.rsplit(":", 1)[0]) | {"format": 99}
    return signing.Signer(salt=serving.SALT).sign(json.dumps(body))


def without_a_field(text):
    body = json.loads(text.rsplit(":", 1)[0])
    del body["models"][0]["version"]["served_form_sha256"]
    return signing.Signer(salt=serving.SALT).sign(json.dumps(body))


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (flip_a_byte, "SECRET_KEY"),
        (sign_with_another_key, "SECRET_KEY"),
        (sign_for_another_purpose, "SECRET_KEY"),
        (lambda text: text[:-200], "SECRET_KEY"),
        (lambda text: "", "SECRET_KEY"),
        (lambda text: "\udcff", "utf-8"),
        (another_format, r"\b99\b"),
        (without_a_field, "served_form_sha256"),
    ],
)
def test_one_that_was_tampered_with_is_refused_and_says_why(live, change, why):
    text = serving.manifest_path().read_text()
    serving.manifest_path().write_bytes(change(text).encode(errors="surrogateescape"))
    with pytest.raises(ManifestUnusable, match=why):
        serving.Manifest.read()


def test_none_is_told_as_none(db):
    with pytest.raises(ManifestUnusable, match=re.escape(str(serving.manifest_path()))):
        serving.Manifest.read()
