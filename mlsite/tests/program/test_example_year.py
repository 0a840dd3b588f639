"""A year of the shop, month after month, by its own training code and by refit; hindsight judges the gate.

Each year takes minutes, so each is played on one database; both were played on both.
"""

import json
import urllib.request
from datetime import UTC, datetime

import pytest
from django.db import connection
from sklearn.metrics import f1_score

from customers.made_up import made_up
from mlsite.tests.program.example_shop import SELECT, Shop, own_database

pytestmark = [pytest.mark.end_to_end, pytest.mark.timeout(900)]
MONTHS = [f"2025-{month:02}-01" for month in range(4, 13)]
CALLABLE = {"kind": "callable", "function": "customers"}
QUERY = {"kind": "query", "database": "shop", "query": SELECT}
RULE = {"time_column": "signed_up_at", "window_days": 90, "label_delay_days": 14, "hold_out_share": 0.3}
FIRST = """
import skops.io, pandas as pd
from customers.delivery import FEATURES, train
from types import SimpleNamespace
january = pd.read_csv("{folder}/january.csv")
skops.io.dump(train(january, SimpleNamespace(seed=0)), "{folder}/first.skops")
"""


@pytest.fixture
def shop(tmp_path):
    """A shop with its year of customers, and the files of the first two months."""
    with own_database(tmp_path) as url:
        shop = Shop(tmp_path, url)
        (tmp_path / "var").mkdir()
        shop.manage("migrate", "-v", "0")
        shop.manage("make_customers")
        for name, since, until in (("january", "01", "02"), ("february", "02", "03")):
            rows = shop.manage("export_customers", f"2025-{since}-01", f"2025-{until}-01")
            (tmp_path / f"{name}.csv").write_text(rows)
        with shop.served():
            yield shop


def register(shop, *more, expected=0):
    january, february = (str(shop.folder / f"{name}.csv") for name in ("january", "february"))
    shop.manage(
        "register_model", "customers", "--training", january, "--evaluation", february,
        "--label", "cancelled", "--time", "signed_up_at", "--kinds", "support_calls=int", *more,
        expected=expected,
    )  # fmt: skip


def token_with_source(shop, source):
    """A person who may all, and the training source set as docs/customers.md does."""
    shop.shell("from django.contrib.auth.models import User; User.objects.create_superuser('ada')")
    token = shop.manage("create_token", "ada").strip()
    ask(shop, token, "PUT", "/api/models/customers/sources/training", source | RULE)
    return token


def ask(shop, token, method, path, body):
    request = urllib.request.Request(
        f"http://127.0.0.1:{shop.port}{path}", json.dumps(body).encode(), method=method,
        headers={"Content-Type": "application/json", "Authorization": f"Token {token}"},
    )  # fmt: skip
    with urllib.request.urlopen(request, timeout=60) as reply:
        return json.load(reply)


@pytest.mark.skipif(connection.vendor == "postgresql", reason="minutes: this year is played on SQLite")
def test_a_year_by_own_code(shop):
    register(shop)
    token = token_with_source(shop, CALLABLE)
    ask(shop, token, "PUT", "/api/models/customers/recipe", {"kind": "trainer", "trainer": "customers"})
    assert_right(played(shop, token))


@pytest.mark.skipif(connection.vendor == "sqlite", reason="minutes: this year is played on PostgreSQL")
def test_a_year_by_refit_without_any_code(shop):
    shop.shell(FIRST.format(folder=shop.folder))
    register(shop, "--model", str(shop.folder / "first.skops"), "--trained-on", "training")
    token = token_with_source(shop, QUERY)
    assert_right(played(shop, token))


def played(shop, token):
    """For each month: whether the candidate went live, and the F1 of both on the month that came after."""
    months = []
    for place, day in enumerate(MONTHS):
        run = shop.retrain(day)
        found = ask(shop, token, "GET", f"/api/runs/{run['run']}", None)
        assert found["decision"], found
        if found["champion"]:
            after = made_up(6000, start=datetime(2025, 1, 1, tzinfo=UTC), seed=99 + place,
                            first=(place + 3) / 12, last=(place + 4) / 12)  # fmt: skip
            f1 = [scored(shop, token, found[which], after) for which in ("candidate", "champion")]
            months.append((found["decision"] == "promoted", *f1))
    assert shop.retrain(MONTHS[-1])["decision"] is None  # nothing new
    return months


def scored(shop, token, version, customers):
    """F1 of a version on rows as clients send them."""
    rows = [{name: value for name, value in one.items() if name not in ("signed_up_at", "cancelled")}
            for one in customers]  # fmt: skip
    path = f"/api/models/customers/versions/{version}/predict"
    answered = ask(shop, token, "POST", path, rows)["predictions"]
    return f1_score([one["cancelled"] for one in customers], answered, average="macro")


def assert_right(months):
    """No flip did harm, no clear gain was missed, and retraining was worth it."""
    assert len(months) >= 8
    margin = 0.015
    wrong = [one for one in months if (one[1] - one[2] < -margin if one[0] else one[1] - one[2] > margin)]
    assert len(wrong) <= 1, months
    assert max(candidate - champion for _, candidate, champion in months) > 0.05  # the price rise
