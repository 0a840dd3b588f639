"""Setting up the demo: as often as you like, from any interruption, over nothing that people did."""

import stat
from itertools import islice

import pytest
from django.apps import apps
from django.contrib.auth import get_user_model
from django.core.management import call_command

from predictions.models import Promotion, RegisteredModel
from scheduling.models import GatePolicy, Recipe, Schedule
from scheduling.operations import demo

pytestmark = pytest.mark.django_db
STEPS = [
    "loaded the registered model iris",
    "registered the training data",
    "registered the evaluation data",
    "trained and registered iris 1.0",
    "promoted iris 1.0",
    "created the demo's admin",
]


@pytest.fixture(autouse=True)
def _own_folders(config, settings, tmp_path):
    """What set-up writes goes into the test's folder."""
    config.VAR_DIR = tmp_path / "var"
    config.VAR_DIR.mkdir()
    settings.STATIC_ROOT = tmp_path / "static"
    settings.STATIC_ROOT.mkdir()


def state(config):
    """Rows per table, and every file with its content."""
    tables = [
        *apps.get_app_config("predictions").get_models(),
        *apps.get_app_config("scheduling").get_models(),
    ]
    folders = (config.MEDIA_ROOT, config.VAR_DIR)
    files = {path: path.read_bytes() for folder in folders for path in folder.rglob("*") if path.is_file()}
    return {table.__name__: table.objects.count() for table in (*tables, get_user_model())}, files


def test_it_takes_each_step_once_and_says_so(config):
    assert list(demo.set_up()) == STEPS
    first = state(config)
    for _ in range(9):
        assert list(demo.set_up()) == []
    assert state(config) == first


def test_what_it_leaves_is_a_model_with_a_live_version():
    list(demo.set_up())
    promotion = Promotion.objects.get()
    version = promotion.version
    assert (version.name, version.filename, version.label) == ("rf-12-base", "rf-12-base.joblib", "1.0")
    assert (version.source, version.created_by) == ("fixture", "setup_demo")
    assert (promotion.by, promotion.reason) == ("setup_demo", "The first version of the demo.")
    assert dict(Schedule.objects.values_list("task", "every_seconds")) == {"retrain": 30, "prune": 3600}
    assert GatePolicy.objects.get().bake_minutes == 60


@pytest.mark.parametrize("done", range(len(STEPS)))
def test_interrupted_after_any_step_it_goes_on(done):
    assert list(islice(demo.set_up(), done)) == STEPS[:done]
    assert list(demo.set_up()) == STEPS[done:]
    assert list(demo.set_up()) == []


def test_what_people_edited_or_removed_is_not_put_back(config):
    list(demo.set_up())
    RegisteredModel.objects.update(title="Ours", invalid_input_message="No.")
    GatePolicy.objects.update(least_gain=0.2)
    Recipe.objects.all().delete()
    Schedule.objects.all().delete()
    get_user_model().objects.update(username="ann")
    edited = state(config)
    assert list(demo.set_up()) == []
    assert state(config) == edited
    assert (RegisteredModel.objects.get().title, GatePolicy.objects.get().least_gain) == ("Ours", 0.2)


def test_the_admins_password_is_for_its_owners_eyes(config):
    config.DEMO_ADMIN_PASSWORD = ""
    list(demo.set_up())
    path = demo.password_file()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert demo.admin_login() == f"admin / {path.read_text()}"
    assert len(path.read_text()) >= 12


def test_the_admins_password_can_be_given(config):
    config.DEMO_ADMIN_PASSWORD = "correct horse"
    list(demo.set_up())
    assert demo.admin_login() == "admin / correct horse"


def test_the_banner_shows_no_password_that_is_no_longer_true():
    assert demo.admin_login().endswith("manage.py createsuperuser")
    demo.create_admin()
    user = get_user_model().objects.get(username="admin")
    user.set_password("another one")
    user.save()
    assert demo.admin_login() == demo.LOGIN_CHANGED


def test_interrupted_while_it_creates_the_admin_the_password_is_not_lost(monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr("scheduling.operations.demo.password_file", broken)
        with pytest.raises(OSError, match="no space"):
            demo.create_admin()
    list(demo.set_up())
    assert demo.admin_login().startswith("admin / ")


def test_an_admin_that_people_demoted_stays_as_it_is():
    list(demo.set_up())
    get_user_model().objects.update(is_superuser=False)
    assert list(demo.set_up()) == []
    assert not get_user_model().objects.get().is_superuser


def test_the_command_says_the_steps_and_prints_the_login_alone(capfd, config):
    config.DEMO_ADMIN_PASSWORD = "correct horse"
    call_command("setup_demo", no_color=True)
    printed = capfd.readouterr()
    assert printed.out == "admin / correct horse\n"
    assert [line for line in printed.err.splitlines() if line in STEPS] == STEPS
    call_command("setup_demo", no_color=True)
    assert capfd.readouterr().out == "admin / correct horse\n"


def test_a_project_without_a_folder_of_static_files_collects_none(settings):
    from scheduling.management.commands.setup_demo import _collect_static_if_changed

    settings.STATIC_ROOT = None
    _collect_static_if_changed()  # `collectstatic` would refuse


def test_static_files_are_collected_once_until_they_change(settings, tmp_path):
    source = tmp_path / "source"
    source.mkdir()
    settings.STATICFILES_DIRS = [source]
    settings.STATICFILES_FINDERS = ["django.contrib.staticfiles.finders.FileSystemFinder"]
    (source / "page.css").write_text("a")
    from scheduling.management.commands.setup_demo import _collect_static_if_changed

    collected = settings.STATIC_ROOT / "page.css"
    _collect_static_if_changed()
    assert collected.read_text() == "a"
    collected.unlink()
    _collect_static_if_changed()
    assert not collected.exists()
    (source / "page.css").write_text("changed")
    _collect_static_if_changed()
    assert collected.read_text() == "changed"


def broken():
    raise OSError("no space left on device")
