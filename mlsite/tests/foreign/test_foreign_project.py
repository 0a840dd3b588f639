"""Both apps in a project of others: accounts without a username, a REST_FRAMEWORK of its own."""

import json
import re
import shutil
from itertools import product

import pytest

from mlsite.tests.foreign.walk import START, WHO
from mlsite.tests.processes import clean_environment, run

pytestmark = pytest.mark.end_to_end
SETTINGS = "mlsite.tests.foreign.settings"
TIME = r"(?<=\d{4}-\d\d-)\d\d[T ]\d\d:\d\d:\d\d(\.\d+)?"  # its form stays
WALKS = ("", "hostile", "knox guardian hostile")


def told_by(part, folder, more=""):
    """What a process of the project tells; `more` are packages that it has besides."""
    environment = clean_environment(folder, DJANGO_SETTINGS_MODULE=SETTINGS, FOREIGN=more)
    ended = run("-c", START, part, environment=environment)
    assert ended.returncode == 0, ended.stderr
    return json.loads(ended.stdout)


@pytest.fixture(scope="module")
def walked(tmp_path_factory):
    """The same rows, walked through with nothing and with all that the project may have."""
    rows, found = tmp_path_factory.mktemp("rows"), {}
    told_by("prepare", rows)
    for more in WALKS:
        mine = tmp_path_factory.mktemp("walk") / "copy"
        shutil.copytree(rows, mine)
        found[more] = told_by("walk", mine, more)
    return found


@pytest.fixture(params=WALKS)
def told(walked, request):
    return walked[request.param]


def test_no_page_and_no_list_fails(told):
    assert len(told["pages"]) > 100
    assert {path: status for path, status in told["pages"].items() if status >= 500} == {}
    asked = [(path, answer[0]) for paths in told["lists"].values() for path, answer in paths.items()]
    assert [(path, status) for path, status in asked if status >= 500] == []
    assert sum(status == 200 for _, status in asked) > 60


def test_a_caller_predicts_and_promotes_and_the_ledger_says_who(told):
    assert [status for status, *_ in told["predicted"]] == [200, 200]
    assert told["acts"]["statuses"][1] == 201
    assert (told["acts"]["by"], told["acts"]["user"]) == (WHO, WHO)


def test_nobody_may_promote(walked):
    assert walked[""]["acts"]["statuses"][0] == 403  # of sessions DRF answers so
    assert walked["knox guardian hostile"]["acts"]["statuses"][0] == 401


def test_the_history_says_who_changed_and_deleted_without_its_middleware(told):
    assert told["forms"] == {"statuses": [302, 302], "told": [["-", WHO, WHO], ["~", WHO, WHO]]}


def test_a_bug_is_json_also_where_the_project_has_its_own_page(told):
    status, kind, body = told["bug"]
    assert (status, kind, json.loads(body)["code"]) == (500, "application/json", "error")


def timeless(answer):
    """An answer without the times in it, which are those of the walk; their form stays."""
    return [re.sub(TIME, "a time", str(part)) for part in answer]


def test_what_the_project_says_to_drf_changes_no_byte_of_ours(walked):
    plain, hostile = walked[""], walked["hostile"]
    for kind, who in product(("lists", "refusals"), ("nobody", "caller")):
        answers = plain[kind][who], hostile[kind][who]
        both = {path: [timeless(each[path]) for each in answers] for path in answers[0]}
        assert {path: told for path, told in both.items() if told[0] != told[1]} == {}
    assert hostile["predicted"] == plain["predicted"]


def test_its_own_views_keep_what_it_says(walked):
    assert walked["hostile"]["others"]["/theirs"][0] == 418
    assert walked[""]["others"]["/theirs"][0] == 400


def test_its_own_schema_is_valid_and_has_each_path_of_ours_once(walked):
    paths = walked["hostile"]["schema"]
    assert [path for path in paths if path.endswith("/")] == ["/ml/"]
    assert {"/theirs", "/ml/predict", "/ml/api/runs", "/ml/v2/models/{name}/infer"} < {*paths}
