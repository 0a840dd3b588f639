"""Every path of the project with something to fill it, so that tests can go through all of them."""

import re
from urllib.parse import quote

from django.apps import apps
from django.urls import URLPattern, get_resolver
from django.urls.resolvers import RoutePattern

from predictions.models import Prediction
from scheduling.models import Run, Watch

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "NONSENSE")
METHODS_OF_ADMIN = ("GET", "POST", "NONSENSE")
ODD_QUESTIONS = ("²", "1" * 31, "\0", "0001-01-01")
TABLE = re.compile(r"admin/(\w+)/(\w+)/.*<")
ODD_IDS = ("²", "٣", "1" * 31, "-1", "\0", "x" * 2000, "1_0", "%")


def patterns(resolver=None, before=""):
    """Yield (route, pattern) of every leaf that has a route; the admin's catch-all is none."""
    for pattern in (resolver or get_resolver()).url_patterns:
        if not isinstance(pattern.pattern, RoutePattern):
            continue
        route = before + str(pattern.pattern)
        if isinstance(pattern, URLPattern):
            yield route, pattern
        else:
            yield from patterns(pattern, route)


def filled(route, values):
    """The path of a route: each part in it replaced by what `values` has under its name or its kind."""
    for part in route.split("<")[1:]:
        asked = part.split(">")[0]
        value = values.get(asked, values.get(asked.split(":")[-1]))
        route = route.replace(f"<{asked}>", quote(str(value), safe=""))
    return f"/{route}"


def outside_admin(odd=None):
    """Each path outside the admin, of rows that are there; or each that names a row, with something odd."""
    if odd is not None:
        named = [route for route, _ in patterns() if "<" in route and not route.startswith("admin")]
        return [filled(route, dict.fromkeys(("name", "label", "pk"), odd)) for route in named]
    run = Run.objects.filter(decision="promoted").first()
    values = {
        "slug:name": "iris",
        "str:label": "1.0",
        "int:pk": run.pk,
        "uuid:pk": Prediction.objects.first().pk,
    }
    watch = values | {"int:pk": Watch.objects.first().pk}
    return [
        filled(route, watch if route.startswith("api/watches") else values)
        for route, _ in patterns()
        if not route.startswith("admin")
    ]


def of_admin(object_id=None):
    """Each path of the admin: of the first row of its table, or of rows with another id."""
    return (path for _, path in of_admin_by_route(object_id))


def of_admin_by_route(object_id=None):
    """The same, each after its route."""
    for route, _ in patterns():
        if not route.startswith("admin"):
            continue
        if object_id is None:
            model = TABLE.match(route)  # a page of our own does not tell its `model_admin`
            row = apps.get_model(*model.groups())._default_manager.first() if model else None
            pk = row.pk if row else 1
        elif "<" not in route:
            continue
        else:
            pk = object_id
        yield route, filled(route, {"object_id": pk, "pk": pk, "id": pk, "content_type_id": pk})


def lists_of_admin():
    """The path of each list of the admin."""
    return [f"/{route}" for route, pattern in patterns() if (pattern.name or "").endswith("_changelist")]
