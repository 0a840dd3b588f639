"""URLs of a project that has two admin sites, names as ours, and our URLs deep below its own."""

from django.contrib import admin
from django.contrib.admin import AdminSite
from django.http import HttpResponse
from django.urls import include, path

other_site = AdminSite(name="admin")  # the name of Django's own, and none of our pages


def theirs(request):
    return HttpResponse("theirs")


ours = include(("predictions.urls", "x"), namespace="y")
urlpatterns = [
    path("predict", theirs, name="predict"),
    path("home", theirs, name="home"),
    path("other/", other_site.urls),
    path("back/office/", (admin.site.get_urls(), "admin", "office")),
    path("shop/", include(([path("ml/", ours)], "shop"))),
]
