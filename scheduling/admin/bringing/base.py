"""What forms that bring files share: what they accept is what the API's forms accept."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar

from django import forms
from rest_framework.exceptions import ValidationError

from predictions.api.api_errors import flat_errors
from predictions.contract.fields import FieldError
from scheduling.runs.parcels import Parcel
from scheduling.views.registering.answering import valid
from scheduling.views.registering.forms import FileForm


class SentFile(forms.FileField):
    """A file, which is in quarantine when this is asked."""

    def to_python(self, data: Any) -> Any:
        return data or None


class BringingForm(forms.Form):
    """Checked by one of the API's forms; `asked` is what that form made of it."""

    checked_by: ClassVar[type[FileForm]]
    folded: ClassVar[tuple[str, ...]] = ()
    asked: dict[str, Any]

    def __init__(self, data: Any = None, sent: Parcel | None = None, **kwargs: Any) -> None:
        files: Any = sent.files if sent and data is not None else None
        super().__init__(data, files, label_suffix="", **kwargs)

    def clean(self) -> dict[str, Any]:
        try:
            self.asked = valid(self.checked_by, self.stated())
        except ValidationError as error:
            errors = flat_errors(error.detail)
            self.tell(FieldError(field=one["field"], message=one["message"]) for one in errors)
        return self.cleaned_data

    def stated(self) -> dict[str, Any]:
        """Return the fields as the API takes them, without those that were left empty."""
        given = {
            name: str(value).lower() if isinstance(value, bool) else value
            for name, value in self.cleaned_data.items()
            if value not in (None, "", [])
        }
        return given | {name: True for name in self.checked_by.files if given.get(name)}

    def tell(self, errors: Iterable[FieldError]) -> None:
        """Show each error at its field; one of no field of this form at the top, with its name."""
        for error in errors:
            if error.field in self.fields:
                if error.field not in self.errors:
                    self.add_error(error.field, error.message)
            else:
                self.add_error(None, f"{error.field}: {error.message}")

    @property
    def shown_fields(self) -> list[Any]:
        return [self[name] for name in self.fields if name not in self.folded]

    @property
    def folded_fields(self) -> list[Any]:
        return [self[name] for name in self.folded]

    @property
    def is_open(self) -> bool:
        """Whether a folded field has to be seen."""
        return self.is_bound and any(name in self.errors for name in self.folded)
