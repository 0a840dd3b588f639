"""What the admin pages share: pages that are read only, prepared or long, and columns."""

import json
from collections.abc import Callable
from typing import Any

from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.utils.functional import cached_property
from django.utils.html import format_html
from django.utils.safestring import SafeString

from predictions.paths import admin_path


class ReadOnlyMixin:
    """Nothing can be added, changed or deleted, by anybody."""

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    has_change_permission = has_delete_permission = has_add_permission

    def to_front_page(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Answer as Django's own page does where there is no such row, or not for this person."""
        page: Any = self
        response: HttpResponse = page._get_obj_does_not_exist_redirect(request, page.opts, object_id)
        return response


class PreparedList(ChangeList):
    """Lets its page ask once for what all its rows show."""

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        if request.method == "GET":  # an action reads the current state when it acts
            prepared: Any = self.model_admin
            prepared.prepare(list(self.result_list))


class PreparedListMixin:
    """`prepare(rows)` reads what a column shows for all rows of a page, and sets it as each row's `shown`."""

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return PreparedList

    def shown(self, row: Any) -> Any:
        """Return what was prepared; the page of one row prepares it now."""
        if not hasattr(row, "shown"):
            self.prepare([row])  # type: ignore[attr-defined]
        return row.shown


class UpToTenThousand(Paginator):
    """For lists of the admin that grow for ever: it counts up to a bound, and filters find older rows."""

    most = 10_000

    @cached_property
    def count(self) -> int:
        rows: Any = self.object_list
        return rows.order_by().values("pk")[: self.most].count()


class LongListMixin:
    """The page of a list that grows for ever costs what its rows cost, and no more."""

    paginator: Any = UpToTenThousand
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER  # they count the whole table for each choice
    list_per_page = 50

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        page: Any = super().changelist_view(request, extra_context)  # type: ignore[misc]
        shown = (getattr(page, "context_data", None) or {}).get("cl")
        if shown is not None and shown.result_count >= UpToTenThousand.most:
            page.context_data["subtitle"] = (
                f"These are the newest {UpToTenThousand.most:,} rows. Use the filters to find older ones."
            )
        return page


def as_json(value: Any) -> SafeString:
    """Show a JSON value as indented text."""
    return format_html("<pre>{}</pre>", json.dumps(value, indent=2, ensure_ascii=False))


def column(description: str, show: Callable[[Any], Any], **options: Any) -> Any:
    """Return what an admin class takes as a column: `show(row)` under this heading."""
    return staticmethod(admin.display(description=description, **options)(show))


def in_words(name: str, description: str = "", *, yes: str = "yes", no: str = "no", none: str = "–") -> Any:
    """Return a column for a truth value, in words: a red cross says that something is wrong."""
    words = {True: yes, False: no, None: none}
    return column(description or name, lambda row: words[getattr(row, name)], ordering=name)


def json_column(name: str, description: str = "") -> Any:
    """Return a column that shows a JSON value as indented text."""
    return column(description or name, lambda row: as_json(getattr(row, name)))


def link(row: Any, text: str = "") -> SafeString | str:
    """A link to the admin's page of a row; "–" for None."""
    if row is None:
        return "–"
    return format_html('<a href="{}">{}</a>', page_of(row), text or row)


def question_of(row: Any, action: str) -> str:
    """Return the path of the page that asks before it takes the action on the row."""
    return admin_path(f"{row._meta.app_label}_{row._meta.model_name}_{action}", row.pk)


def page_of(row: Any) -> str:
    """Return the path of the admin's page of a row."""
    return admin_path(f"{row._meta.app_label}_{row._meta.model_name}_change", row.pk)


def two_lines(first: Any, second: Any) -> SafeString:
    """A cell of a list: what matters, and under it a detail."""
    return format_html('{}<span class="under">{}</span>', first, second)


def log_link(**filters: str) -> SafeString:
    """A link to the part of the prediction log that the filters choose."""
    path = admin_path("predictions_prediction_changelist", query=filters)
    return format_html('<a href="{}">inputs and answers</a>', path)
