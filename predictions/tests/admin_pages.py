"""How tests use the admin: sign in, start an action, submit what its confirmation page holds."""

import re
from html.parser import HTMLParser

from django.contrib.admin.models import LogEntry
from django.contrib.messages import get_messages
from django.db import connection
from django.urls import reverse

from predictions.tests.factories import make_live, make_person


def sign_in(client, username="ann", *permissions, **columns):
    """Sign in a member of staff with these permissions of the predictions app."""
    person = make_person(username, *permissions, is_staff=True, **columns)
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    return person


def list_of(row):
    """The path of the page that lists rows of this kind."""
    return reverse(f"admin:{row._meta.app_label}_{row._meta.model_name}_changelist")


def question(row, action):
    """The path of the page that asks before it takes an action on a row."""
    return reverse(f"admin:{row._meta.app_label}_{row._meta.model_name}_{action}", args=[row.pk])


def act(client, row, action, **answers):
    """Take an action on one row: without `confirmed` it is only started, from the list."""
    if "confirmed" in answers:
        return client.post(question(row, action), answers)
    data = {"action": action, "_selected_action": [row.pk]} | answers
    return client.post(list_of(row), data, follow=True)


def said(reply):
    """The messages that the next page would show, as (level, text)."""
    return [(message.level_tag, message.message) for message in get_messages(reply.wsgi_request)]


def log_entries():
    """What the admin's own log says, oldest first."""
    return [
        (entry.user.username, entry.object_repr, entry.get_change_message())
        for entry in LogEntry.objects.order_by("pk")
    ]


def flip_after_the_look(rival):
    """Make `rival` live right after the live row was read, as another process could."""
    flipped = []

    def wrapper(execute, sql, params, many, context):
        result = execute(sql, params, many, context)
        if not flipped and sql.startswith('SELECT "predictions_promotion"'):
            flipped.append(rival)
            make_live(rival)
        return result

    return connection.execute_wrapper(wrapper)


class _Inputs(HTMLParser):
    def __init__(self, text):
        super().__init__()
        self.values = {}
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        given = dict(attributes)
        if tag == "input" and given.get("type") == "hidden" and given["name"] != "csrfmiddlewaretoken":
            self.values[given["name"]] = given.get("value", "")


def form_on(reply):
    """What the form of a confirmation page submits by itself."""
    text = reply.content.decode()
    form = re.search(r'<form method="post">.*?</form>', text, re.DOTALL)
    return _Inputs(form.group()).values
