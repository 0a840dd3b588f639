"""What became of each message, for the person it is for."""

from typing import Any

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest

from predictions.admin.base import LongListMixin, ReadOnlyMixin, column, two_lines
from predictions.models import RegisteredModel
from predictions.zone import lazily_with_zone, plain_minute, to_minute
from scheduling.admin.telling.of_person import OfPerson
from scheduling.admin.telling.outcome import outcome_of
from scheduling.models import Delivery


@admin.register(Delivery)
class DeliveryAdmin(OfPerson, ReadOnlyMixin, LongListMixin, admin.ModelAdmin):
    """Each message: whether it arrived, how often it was tried, and what went wrong last."""

    class Media:
        css = {"all": ["scheduling/evidence.css", "predictions/run_pages.css"]}

    person = "subscription__person"
    list_display = ("told", "outcome", "receiver")
    list_filter = ("state", "subscription__channel", "notice__event")
    list_select_related = ("notice", "subscription__person", "subscription__registered_model")
    fields = ("outcome", "why", "evidence", "subscription", "at", "id")
    readonly_fields = fields

    told = column("message", lambda row: two_lines(row.notice.what, to_minute(row.notice.at)))
    receiver = column("receiver", lambda row: row.subscription)
    what = column("what", lambda row: row.notice.what)
    why = column("why", lambda row: row.notice.why)
    evidence = column("evidence", lambda row: row.notice.evidence)
    at = column(lazily_with_zone("at"), lambda row: plain_minute(row.notice.at))
    outcome = column("outcome", outcome_of)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Delivery]:
        """Only of models that the reader may read now: a message tells of one."""
        seen = RegisteredModel.objects.visible_to(request.user)
        of_seen = Q(notice__registered_model=None) | Q(notice__registered_model__in=seen)
        return super().get_queryset(request).filter(of_seen)

    def render_change_form(self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any) -> Any:
        """The title is what the message says."""
        context |= {"title": context["original"].notice.what, "subtitle": None}
        return super().render_change_form(request, context, *args, **kwargs)
