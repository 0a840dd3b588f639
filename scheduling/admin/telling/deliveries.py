"""What became of each message, for the person it is for."""

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest

from predictions.admin.base import LongListMixin, ReadOnlyMixin, column
from predictions.models import RegisteredModel
from scheduling.admin.telling.of_person import OfPerson
from scheduling.models import Delivery


@admin.register(Delivery)
class DeliveryAdmin(OfPerson, ReadOnlyMixin, LongListMixin, admin.ModelAdmin):
    """Each message: whether it arrived, how often it was tried, and what went wrong last."""

    person = "subscription__person"
    list_display = ("what", "subscription", "state", "attempts", "last_error", "next_attempt", "at")
    list_filter = ("state", "subscription__channel", "notice__event")
    list_select_related = ("notice", "subscription__person", "subscription__registered_model")
    fields = (*list_display, "why", "evidence", "ended_at", "id")
    readonly_fields = fields

    what = column("what", lambda row: row.notice.what)
    why = column("why", lambda row: row.notice.why)
    evidence = column("evidence", lambda row: row.notice.evidence)
    at = column("at", lambda row: row.notice.at)
    next_attempt = column("next attempt", lambda row: row.next_at if row.state == "waiting" else None)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Delivery]:
        """Only of models that the reader may read now: a message tells of one."""
        seen = RegisteredModel.objects.visible_to(request.user)
        of_seen = Q(notice__registered_model=None) | Q(notice__registered_model__in=seen)
        return super().get_queryset(request).filter(of_seen)
