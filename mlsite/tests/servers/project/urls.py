from django.http import HttpResponse
from django.urls import include, path

urlpatterns = [
    path("", lambda request: HttpResponse("<h1>Our shop</h1>")),
    path("ml/", include("predictions.urls")),
]
