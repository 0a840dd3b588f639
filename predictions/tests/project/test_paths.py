"""`path_of` finds our URLs wherever the project mounts them."""

from types import ModuleType

import pytest
from django.http import HttpResponse
from django.test import override_settings
from django.urls import include, path, re_path, resolve, reverse, set_script_prefix

import predictions.urls
from predictions.paths import NotMounted, mounted_at, path_info_of, path_of


def theirs(request):
    return HttpResponse("theirs")


def mounted(*patterns):
    urls = ModuleType("urls")
    urls.urlpatterns = [*patterns]
    return override_settings(ROOT_URLCONF=urls)


WAYS = {
    "at the root": (path("", include("predictions.urls")), "/"),
    "spliced": (path("ml/", include(predictions.urls.urlpatterns)), "/ml/"),
    "prefix": (path("ml/", include("predictions.urls")), "/ml/"),
    "namespace": (path("ml/", include("predictions.urls", namespace="y")), "/ml/"),
    "both": (path("ml/", include(("predictions.urls", "x"), namespace="y")), "/ml/"),
    "nested": (path("a/", include(([path("b/", include("predictions.urls"))], "outer"))), "/a/b/"),
    "a pattern": (re_path(r"^ml/v1\.0/", include("predictions.urls")), "/ml/v1.0/"),
}


@pytest.mark.parametrize(("way", "prefix"), WAYS.values(), ids=WAYS)
def test_a_name_has_its_path_in_every_way_of_mounting(way, prefix):
    with mounted(path("predict", theirs, name="predict"), way):
        assert mounted_at() == prefix
        assert path_of("home") == prefix
        assert path_of("predict") == f"{prefix}predict"
        assert path_of("model", name="iris") == f"{prefix}api/models/iris"
        assert path_of("run", pk=3) == f"{prefix}api/runs/3"
        assert resolve(path_of("health-ready")).url_name == "health-ready"
        assert resolve(path_of("docs")).url_name == "docs"


def test_the_names_of_the_project_stay_its_own():
    with mounted(path("theirs", theirs, name="predict"), path("ml/", include("predictions.urls"))):
        assert reverse("predict") == "/theirs"
        assert path_of("predict") == reverse("predictions:predict") == "/ml/predict"


def test_script_name_precedes_the_prefix():
    set_script_prefix("/shop/")
    try:
        with mounted(path("ml/", include("predictions.urls"))):
            assert path_of("predict") == "/shop/ml/predict"
            assert path_info_of("predict") == "/ml/predict"
            assert path_info_of("home") == "/ml/"
    finally:
        set_script_prefix("/")


@pytest.mark.parametrize(
    "way", [path("theirs", theirs), path("<slug:tenant>/", include("predictions.urls")),
            re_path(r"^(\w+)/", include("predictions.urls"))],
    ids=["none", "converter", "group"],
)  # fmt: skip
def test_where_they_are_not_mounted_below_a_fixed_prefix_it_says_so(way):
    with mounted(way), pytest.raises(NotMounted):
        path_of("predict")
