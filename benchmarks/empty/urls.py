"""One path: no other is tried before it. EMPTY_VIEW says which of the two views is there."""

import os

from django.urls import path

from benchmarks.empty.views import VIEWS

urlpatterns = [path("empty", VIEWS[os.environ["EMPTY_VIEW"]].as_view())]
