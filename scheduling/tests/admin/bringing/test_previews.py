"""Files that were only read wait for the person: for a day, and until the model is registered."""

import os
import time

import pytest

from predictions.models import RegisteredModel
from scheduling.evidence_page.page import PREVIEWED, told_evidence
from scheduling.models import Run
from scheduling.runs import quarantine
from scheduling.tests.admin.bringing.clicks import answers, page_of, send
from scheduling.tests.admin.people import sign_in_superuser
from scheduling.tests.registering.sent import do_next, files_under

pytestmark = pytest.mark.django_db


@pytest.fixture
def sent(client, config):
    """Call it to have the names of the files that wait; the page is its first argument's."""
    sign_in_superuser(client)
    page = send(client)
    return page, lambda: files_under(config.MEDIA_ROOT / quarantine.FOLDER)


def make_older(config, seconds):
    then = time.time() - seconds
    for path in (config.MEDIA_ROOT / quarantine.FOLDER).rglob("*"):
        os.utime(path, (then, then))


@pytest.mark.parametrize(("hours", "left"), [(0, 2), (23, 2), (25, 0)])
def test_they_wait_for_a_day(sent, config, hours, left):
    _, files = sent
    make_older(config, hours * 3600)
    quarantine.sweep()
    assert len(files()) == left


def test_they_go_when_the_model_is_registered(client, sent):
    page, files = sent
    model = RegisteredModel.objects.get()
    client.post(page_of(model), answers(page, stars="int"))
    assert len(files()) == 4
    do_next()
    assert len(files()) == 2
    quarantine.sweep()
    assert files() == []


def test_what_the_person_said_with_the_files_stays(client):
    sign_in_superuser(client)
    page = send(client, title="Who leaves", public="on", data_changes=None)
    model = RegisteredModel.objects.get()
    client.post(page_of(model), answers(page, stars="int"))
    do_next()
    model.refresh_from_db()
    assert (model.title, model.public, model.data_changes) == ("Who leaves", True, False)


def test_examples_are_for_those_who_may_read_values(sent):
    run = Run.objects.get()
    assert run.evidence[PREVIEWED]["columns"]
    assert PREVIEWED not in told_evidence(run, None)
