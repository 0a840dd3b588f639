"""The rehearsal of another project: its application, its middleware, under its prefix."""

import pytest

from predictions.serving import web_worker
from scheduling.evidence.rehearsed import RehearsalFailed
from scheduling.rehearsal import session, starting
from scheduling.rehearsal.session import rehearse
from scheduling.tests.evidence_factory import read_csv

PROJECT = "mlsite.tests.servers.project"
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("server_uses_this_database")]


@pytest.fixture(autouse=True)
def _another_project(settings, monkeypatch, config):
    """This process has its settings, as far as a run looks at them, and so has the server that it starts."""
    settings.ROOT_URLCONF = f"{PROJECT}.urls"
    monkeypatch.setenv("DJANGO_SETTINGS_MODULE", f"{PROJECT}.settings")
    monkeypatch.setattr(session, "LEAST_REQUESTS", 1)
    monkeypatch.setenv("VAR_DIR", str(config.VAR_DIR))
    monkeypatch.setenv("REDIRECT_OF_TEST", "true")


def rows_of(version):
    return dict(enumerate(version.signature.spec().rows_of(read_csv("evaluation").head(60))))


def test_it_answers_under_its_prefix_to_its_own_hosts_and_over_https(strong):
    played = rehearse(strong, rows_of(strong))
    assert {reply.status for reply in (*played.replies, *played.together)} == {200}
    assert {reply.version for reply in played.replies} == {"1.0"}
    assert {reply.status for reply in played.refusals.values()} == {400}


@pytest.mark.parametrize(("wall", "told"), [("Login", "302"), ("Token", "403")])
def test_middleware_that_lets_nobody_pass_is_named(strong, settings, monkeypatch, wall, told):
    name = f"{PROJECT}.middleware.{wall}"
    monkeypatch.setenv("MIDDLEWARE_OF_TEST", name)
    settings.MIDDLEWARE = [*settings.MIDDLEWARE, name]
    with pytest.raises(RehearsalFailed) as caught:
        rehearse(strong, rows_of(strong))
    assert all(part in str(caught.value) for part in (told, name, "/ml/"))


def test_without_the_server_it_says_what_to_install(strong, monkeypatch):
    monkeypatch.setattr(starting, "find_spec", lambda name: None)
    with pytest.raises(RehearsalFailed, match="pip install granian"):
        rehearse(strong, rows_of(strong))
    assert not web_worker.is_running()


def test_where_the_project_has_forgotten_our_urls_it_says_so(strong, settings):
    settings.ROOT_URLCONF = "django.contrib.auth.urls"
    with pytest.raises(RehearsalFailed, match=r"predictions\.urls"):
        rehearse(strong, rows_of(strong))
