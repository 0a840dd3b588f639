"""A private model with rows in every table, six callers, and a request for every path."""

from uuid import uuid4

from django.contrib.auth.models import User

from mlsite.tests.every_path.every_path import filled, of_admin_by_route, patterns
from predictions.models import Dataset, Prediction
from predictions.models.people.roles import give
from predictions.serving.follower import Follower
from predictions.tests.factories import make_live, make_model, token_of
from scheduling.models import ApprovalRequest, Run, Watch
from scheduling.tests.varied_rows import fill_tables_of

CALLERS = ("anonymous", "any token", "reader", "operator of another", "operator", "admin")
ROLES = {
    "reader": ("iris", "reader"),
    "operator": ("iris", "operator"),
    "operator of another": ("wine", "operator"),
}
ROW = {"sepallength": 5.1, "sepalwidth": 3.5, "petallength": 1.4, "petalwidth": 0.2}
TENSOR = {"name": "x", "shape": [1, 4], "datatype": "FP64", "data": list(ROW.values())}
BODIES = {
    "predict": ROW,
    "api/models/<slug:name>/predict": ROW,
    "api/models/<slug:name>/versions/<str:label>/predict": ROW,
    "v2/models/<slug:name>/infer": {"inputs": [TENSOR]},
    "v2/models/<slug:name>/versions/<str:label>/infer": {"inputs": [TENSOR]},
    "api/promotions": {"model": "iris", "kind": "roll_back", "replaces": "1.1", "reason": "Because."},
    "api/runs": {"task": "retrain", "model": "iris"},
    "api/runs/<int:pk>/approve": {"reason": "Because."},
    "api/runs/<int:pk>/refuse": {"reason": "Because."},
    "api/schedules/<int:pk>": {"enabled": False},
    "api/predictions/<uuid:pk>/feedback": {"label": 0},
}


def make_world(iris, weak, strong):
    """Make `strong` live in place of `weak`, fill every table for iris, and add another private model."""
    for row in (iris.policy, iris.recipe, *iris.schedules.all()):
        row.delete()
    flip = make_live(strong)
    token_of(zoe := User.objects.create(username="zoe"))
    fill_tables_of(iris, weak, strong, flip, None, user=zoe, number=0)
    type(iris).objects.update(public=False)
    make_model("wine", public=False)
    Follower().step()


def make_caller(who, iris):
    """The account of one of CALLERS; None for an anonymous one."""
    if who == "anonymous":
        return None
    person = User.objects.create_user(uuid4().hex, is_staff=True, is_superuser=who == "admin")
    if who in ROLES:
        model, role = ROLES[who]
        give(person, {role}, type(iris).objects.get(name=model))
    return person


def headers_of(person):
    return token_of(person) if person else {}


def outside_admin():
    """(method, route, path, body) of every operation outside the admin, about the private model."""
    values = {
        "slug:name": "iris",
        "str:label": "1.1",
        "str:role": "training",
        "uuid:pk": Prediction.objects.get(output=0).pk,
    }
    for route, pattern in patterns():
        if route.startswith("admin"):
            continue
        bare = route.removesuffix("/")
        path = filled(route, values | {"int:pk": _row_of(bare)})
        for method in _methods(pattern.callback):
            yield method, f"/{bare}", path, BODIES.get(bare, [] if bare == "api/feedback" else {})


def in_admin():
    """(method, route, path) of every page of the admin, of the private model where it is about one."""
    pages = sorted(of_admin_by_route(), key=lambda page: "logout" in page[0])  # after it nobody is signed in
    return [(method, f"/{route}", path) for route, path in pages for method in ("GET", "POST")]


def _row_of(route):
    """The key of the row that a route is about: for an action, of a run that it can be done with."""
    asked = route.rpartition("/")[2]
    runs = Run.objects.filter(registered_model__name="iris")
    if route.startswith("api/watches"):
        return Watch.objects.get().pk
    if route.startswith("api/schedules"):
        return runs.model.schedule.field.related_model.objects.first().pk
    if "datasets" in route:
        return Dataset.objects.filter(registered_model__name="iris").first().pk
    if asked in ("approve", "refuse"):
        return ApprovalRequest.objects.get(answer=None).run_id
    chosen = {"cancel": {"status": "queued"}, "simulation": {"task": "simulate"}}.get(
        asked, {"decision": "promoted"}
    )
    return runs.filter(**chosen).first().pk


def _methods(view):
    """What the view answers, without HEAD and OPTIONS, which say no more than GET and nothing."""
    if actions := getattr(view, "actions", None):
        return sorted(method.upper() for method in actions if method != "head")
    view_class = getattr(view, "view_class", None) or getattr(view, "cls", None)
    return [name.upper() for name in ("get", "post", "put", "patch", "delete") if hasattr(view_class, name)]
