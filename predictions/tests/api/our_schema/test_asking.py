"""The API's description shows a command that works for each public model, and names no private one."""

import json
import shlex

from predictions.api.asking import command_for
from predictions.conf import config
from predictions.models import RegisteredModel
from predictions.serving.follower import Follower


def description(client):
    return client.get("/schema").json()["info"]["description"]


def test_the_command_of_a_public_model_works_as_it_stands(client, live):
    Follower().step()
    (line,) = (line for line in description(client).splitlines() if line.startswith("curl "))
    words = shlex.split(line)
    assert "Authorization" not in line
    path = words[1].removeprefix(config.SITE_URL.rstrip("/"))
    reply = client.post(path, words[words.index("-d") + 1], content_type="application/json")
    assert reply.status_code == 200
    assert reply.json()["model"]


def test_a_private_model_is_not_named_and_its_command_has_a_token(client, iris, live):
    RegisteredModel.objects.update(public=False)
    told = description(client)
    assert "curl" not in told
    assert "iris" not in told
    assert "A private model is asked in the same way" in told
    iris.refresh_from_db()
    row = {"name": "O'Neil"}
    live.signature.registered_model = iris
    words = shlex.split(command_for(live, row))
    assert "Authorization: Token $TOKEN" in words
    assert json.loads(words[-1]) == row


def test_a_version_has_its_own_path(live):
    command = command_for(live, {}, live=False)
    assert f"/versions/{live.label}/predict" in command
    assert "$TOKEN" in command
