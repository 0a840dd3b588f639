"""The version before stays loaded: a roll back swaps without touching a file."""

import pytest

from predictions.models.promotion import live_promotion
from predictions.registry import loading
from predictions.registry.promotion import roll_back
from predictions.serving import serving
from predictions.serving.follower import Follower
from predictions.tests.factories import APPROVAL, ledger, make_live

pytestmark = pytest.mark.django_db


@pytest.fixture
def loads(monkeypatch):
    """The labels of the versions that were loaded, in order."""
    made = []
    load = loading.load_from

    def counted(known):
        made.append(known.label)
        return load(known)

    monkeypatch.setattr(loading, "load_from", counted)
    return made


def back(version):
    model = version.registered_model
    return roll_back(registered_model=model, replacing=live_promotion(model), approval=APPROVAL)


def test_a_roll_back_loads_nothing_and_needs_no_file(live, strong, loads, config):
    follower = Follower()
    follower.step()
    before = serving.current().default.version
    make_live(strong)
    follower.step()
    (config.MEDIA_ROOT / live.served_form).unlink()
    back(strong)
    follower.step()
    assert serving.current().default.version is before
    assert loads == ["1.1"]
    assert serving.current().problems == {}
    assert [row[1] for row in ledger()] == ["promote", "promote", "roll_back"]


def test_forth_and_back_loads_each_once(live, strong, loads):
    follower = Follower()
    follower.step()
    for version in (strong, live, strong, live):
        make_live(version)
        follower.step()
        assert serving.current().default.version.label == version.label
    assert loads == ["1.1"]


def test_one_version_before_is_kept_for_each_model(live, strong, loads, forests, iris):
    from conftest import register

    third = register(iris, forests["strong"], name="again", source="trained")
    assert third.pk == strong.pk  # the same file is the same version
    follower = Follower()
    follower.step()
    make_live(strong)
    follower.step()
    assert [version.label for version in follower._before.values()] == ["1.0"]
    make_live(live)
    follower.step()
    assert [version.label for version in follower._before.values()] == ["1.1"]


def test_nothing_grows_with_flips(live, strong, config, monkeypatch):
    follower = Follower()
    (config.MEDIA_ROOT / strong.served_form).unlink()
    make_live(strong)
    follower.step()
    assert list(follower._failed) == [strong.pk]
    make_live(live)
    follower.step()
    assert follower._failed == {}
