"""What a person does on the pages that bring a model, without a browser."""

from django.urls import reverse

from scheduling.tests.registering.sent import as_csv, do_next, make_rows, post

NEW = "/admin/predictions/registeredmodel/add/"
CORRECTED = ("optional", "example")
BUTTON = {"everything": "1"}


def page_of(model, page="setup"):
    return reverse(f"admin:model-{page}", args=[model.pk])


def make_shop(count=120, **options):
    """Rows with text, a category, gaps and a number of stars, which may be an amount or a code."""
    rows = make_rows(count, **options)
    rows.insert(2, "plan", ["basic", "plus", "pro"] * (count // 3) + ["pro"] * (count % 3))
    rows.insert(3, "stars", [1, 2, 3, 4] * (count // 4))
    rows.loc[::7, "age"] = None
    return rows


def send(client, rows=None, *, name="churn", **more):
    """Send the two files of the first step, and let the run read them; return the model's page."""
    rows = make_shop() if rows is None else rows
    files = {"training": as_csv(rows), "evaluation": as_csv(make_shop(80, seed=1))}
    form = {"name": name, "output": "churned", "data_changes": "on"} | files | BUTTON | more
    reply = post(client, NEW, {key: value for key, value in form.items() if value is not None})
    if reply.status_code != 302:
        return reply
    do_next()
    return client.get(reply.url)


def answers(page, **changes):
    """The fields of the second step as the page shows them, with these answers by column."""
    form = page.context["form"]
    rows = [*form.asked_rows, *form.rows]
    shown = {one.html_name: one.value() or "" for one in form.folded_fields}
    shown |= {row["number"]: row["field"].value() or "" for row in rows}
    shown |= {end.html_name: end.value() for row in form.rows for end in row.get("ends", [])}
    shown |= {row[one].html_name: row[one].value() for row in form.rows for one in CORRECTED if one in row}
    numbers = {row["column"]["name"]: row["number"] for row in rows}
    return shown | {numbers.get(name, name): value for name, value in changes.items()}
