"""*Try it*: a form made from the signature. The program's own view answers, with the person's permission."""

from __future__ import annotations

import json
from io import BytesIO
from typing import Any

from django import forms
from django.core.handlers.wsgi import WSGIRequest
from django.http import HttpRequest

from predictions.api.views.predict import VersionPredict
from predictions.contract.fields import FeatureSpec, Kind
from predictions.models import ModelVersion
from scheduling.admin.version_page import facts

MOST_FEATURES = 100
BOOLS = {"true": True, "false": False}


class TryForm(forms.Form):
    """A field for each feature, filled with its example. The version itself checks the values."""

    def __init__(self, data: Any, *, features: tuple[FeatureSpec, ...]) -> None:
        super().__init__(data, label_suffix="")
        self.features = {f"f{number}": feature for number, feature in enumerate(features)}
        for name, feature in self.features.items():
            self.fields[name] = _field(feature)

    @property
    def row(self) -> dict[str, Any]:
        """The values as JSON has them; an empty field is left out."""
        given = {feature.name: self.cleaned_data.get(name) for name, feature in self.features.items()}
        kinds = {feature.name: feature.kind for feature in self.features.values()}
        return {name: _value(kinds[name], text) for name, text in given.items() if text not in (None, "")}

    def tell(self, errors: list[dict[str, Any]]) -> None:
        """Show each error at its field."""
        names = {feature.name: name for name, feature in self.features.items()}
        for error in errors:
            field = names.get(error["field"])
            self.add_error(field, error["message"] if field else f"{error['field']}: {error['message']}")


def _field(feature: FeatureSpec) -> forms.Field:
    about: dict[str, Any] = {"label": feature.name, "required": False, "help_text": _help(feature)}
    closed = (
        feature.categories if feature.kind is Kind.CATEGORY else BOOLS if feature.kind is Kind.BOOL else ()
    )
    initial = feature.example
    if closed:
        empty = [] if feature.required else [("", "missing")]
        initial = str(initial).lower() if feature.kind is Kind.BOOL else initial
        choices = [*empty, *((one, one) for one in closed)]
        return forms.ChoiceField(choices=choices, initial=initial, **about)
    numeric = {"inputmode": "decimal"} if feature.kind.has_bounds else {}
    widget = forms.TextInput(attrs={"autocomplete": "off", **numeric})
    return forms.CharField(initial=initial, max_length=10_000, widget=widget, **about)


def _help(feature: FeatureSpec) -> str:
    bounds = facts.bounds_of(feature)
    may = [] if feature.required else ["may be empty"]
    return ", ".join([*bounds, *may, *([feature.description] if feature.description else [])])


def _value(kind: Kind, text: str) -> Any:
    """Return a number as such; what is none stays text, and the version says that it is wrong."""
    if kind is Kind.BOOL:
        return BOOLS.get(text, text)
    if not kind.has_bounds:
        return text
    try:
        return int(text) if kind is Kind.INT else float(text)
    except ValueError:
        return text


def ask(request: HttpRequest, version: ModelVersion, form: TryForm) -> dict[str, Any] | None:
    """Return the answer of the API's view; None where it refuses, which the form then tells."""
    body = json.dumps(form.row).encode()
    environ = {name: value for name, value in request.META.items() if name != "HTTP_AUTHORIZATION"}
    asked: Any = WSGIRequest(
        environ
        | {"REQUEST_METHOD": "POST", "CONTENT_TYPE": "application/json", "CONTENT_LENGTH": str(len(body))}
        | {"wsgi.input": BytesIO(body), "QUERY_STRING": ""}
    )
    asked._force_auth_user = request.user  # the session is the proof; the view has the permissions
    reply: Any = VersionPredict.as_view()(asked, name=version.registered_model.name, label=version.label)
    if reply.status_code == 200:
        answer: dict[str, Any] = json.loads(reply.content)
        return answer
    told = reply.data.get("errors") or []
    form.tell(told) if told else form.add_error(None, str(reply.data.get("detail", "It was refused.")))
    return None
