"""How things are shown: in a notebook, in a terminal, and nothing where it is quiet."""

import io

import pytest
from rich.console import Console

from model_delivery import Delivery, Model, Promotion, Run, Verdict
from model_delivery.records import Runs
from model_delivery.shown.signature import signature_table
from model_delivery.shown.table import Table
from model_delivery.shown.telling_console import Teller
from model_delivery.status import ModelStatus, Status

BAD = '<script>alert("x")</script>[red]\x1b[31m'
RUN = Run(id=1, task="upload", model=BAD, status="failed", reason=BAD, url="https://a/b?c=1&d=2")
VERDICT = Verdict(
    model=BAD, reason=BAD, notes=(BAD,), version="1.0", decision="promoted", evidence="javascript:x"
)
STATUS = ModelStatus(
    model=BAD,
    live=BAD,
    since=None,
    verdict=BAD,
    verdict_version=None,
    verdict_run=None,
    reason=BAD,
    held=False,
)


def everything():
    delivery = Delivery("http://127.0.0.1:9", "the-token")
    yield delivery
    yield Model(delivery._session, BAD)
    yield Model(delivery._session, BAD, VERDICT)
    yield RUN
    yield Runs([RUN])
    yield VERDICT
    yield Status([STATUS])
    yield Promotion(model=BAD, version="1.0", replaced=None, kind="promote", by=BAD, reason=BAD, at="")


@pytest.mark.parametrize("thing", list(everything()), ids=lambda thing: type(thing).__name__)
def test_all_is_escaped_and_nothing_tells_the_token(thing):
    page = thing._repr_html_()
    file = io.StringIO()
    Console(file=file, width=300, force_terminal=True, color_system=None).print(thing)
    assert "<script" not in page
    assert "\x1b[31m" not in file.getvalue() + page
    assert 'href="javascript' not in page
    assert "the-token" not in page + file.getvalue() + repr(thing)
    assert type(thing) is Delivery or "[red]" in file.getvalue()


def test_addresses_are_links():
    assert '<a href="https://a/b?c=1&amp;d=2">' in RUN._repr_html_()


def test_a_table_without_rows_is_one_too():
    assert Table(title="", rows=[], columns=["a"]).html().startswith("<table>")


def test_a_bar_moves_in_a_terminal_only():
    assert Teller(Console(file=io.StringIO(), force_terminal=True)).moves
    assert not Teller(Console(file=io.StringIO())).moves
    assert not Teller(quiet=True).moves


@pytest.mark.parametrize("terminal", [True, False])
def test_what_is_uploaded_can_be_read_and_read_again(terminal):
    teller = Teller(Console(file=io.StringIO(), force_terminal=terminal))
    with teller.uploading(b"12345", "[red]") as file:
        assert file.read(2) == b"12"
        file.seek(0)
        assert file.tell() == 0
        assert file.read() == b"12345"
    with teller.waiting("[red]") as tell_step:
        tell_step("[blue]")


def test_quiet_prints_nothing(capsys):
    teller = Teller(quiet=True)
    teller.say("a")
    teller.show(VERDICT.table())
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        (
            {"version": "1.0", "decision": "cannot_tell", "reason": "Because."},
            "churn 1.0: Because.",
        ),
        ({"version": "1.0", "reason": "It is registered already."}, "churn 1.0: It is registered already."),
        ({}, "churn: registered."),
    ],
)
def test_a_verdict_is_a_sentence(facts, said):
    assert str(Verdict(model="churn", **facts)) == said


def test_a_signature_of_thousands_of_columns_is_shown_in_part():
    features = [{"name": f"c{n}", "kind": "float"} for n in range(2000)]
    rows = signature_table({"task": "regression", "output": "cost", "features": features}).rows
    assert len(rows) == 41
    assert rows[-1][0] == "and 1960 more"
