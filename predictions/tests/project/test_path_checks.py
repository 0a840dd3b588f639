"""A project whose URLs lack ours, or the admin site with our pages, is warned with the remedy."""

import pytest
from django.contrib import admin
from django.contrib.admin import AdminSite
from django.urls import include, path

from predictions.paths.system_checks import check_urls
from predictions.tests.project.test_paths import mounted

OURS, ADMIN = path("ml/", include("predictions.urls")), path("office/", admin.site.urls)
OTHER = path("other/", AdminSite(name="other").urls)
NAMESAKE = path("office/", AdminSite().urls)  # is called as the default site, and has none of our pages


@pytest.mark.parametrize(
    ("patterns", "ids"),
    [
        ([OURS, ADMIN], []),
        ([ADMIN], ["predictions.W040"]),
        ([path("<slug:tenant>/", include("predictions.urls")), ADMIN], ["predictions.W040"]),
        ([OURS], ["predictions.W041"]),
        ([OURS, OTHER], ["predictions.W041"]),
        ([OURS, NAMESAKE], ["predictions.W041"]),
        ([], ["predictions.W040", "predictions.W041"]),
    ],
)
def test_what_is_not_mounted_is_named(patterns, ids):
    with mounted(*patterns):
        found = check_urls()
    assert [one.id for one in found] == ids
    assert all("path(" in one.hint for one in found)
