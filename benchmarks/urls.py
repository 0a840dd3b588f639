"""Every path of the project, and beside them two views that do nothing."""

from django.urls import path

from benchmarks.empty_views import LeanEmpty, StockEmpty
from mlsite.urls import handler400, handler404, handler500, urlpatterns

__all__ = ["handler400", "handler404", "handler500", "urlpatterns"]

urlpatterns = [
    *urlpatterns,
    path("empty/stock", StockEmpty.as_view()),
    path("empty/lean", LeanEmpty.as_view()),
]
