"""Whether the columns of a source are those that the model takes, and those of its last snapshot."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from predictions.contract.signature import SignatureSpec
from predictions.models import RegisteredModel, Signature
from scheduling.sources.columns.column_types import kind_of
from scheduling.sources.refusals import SourceRefused

if TYPE_CHECKING:
    import pyarrow as pa

NUMBERS = {"int", "float", "bool"}
FITS = {"float": NUMBERS, "int": NUMBERS, "bool": NUMBERS, "timestamp": {"timestamp", "text", *NUMBERS}}
TEXT = {"text"}


def spec_of(model: RegisteredModel) -> SignatureSpec | None:
    """The signature that versions are made for; None before the first."""
    signature = Signature.objects.newest_of(model)
    return signature.spec() if signature else None


def kinds_of(schema: pa.Schema) -> dict[str, str]:
    """The kind of each column, by its name."""
    return {column.name: kind_of(column.type) for column in schema}


def refuse_columns(schema: pa.Schema, *, spec: SignatureSpec | None, last: dict[str, Any]) -> None:
    """Raise `SourceRefused` with all that is wrong. `last` are the kinds by name in the last snapshot."""
    kinds = kinds_of(schema)
    wrong = [*(misfits(kinds, spec) if spec else ()), *changes(kinds, last)]
    if wrong:
        more = f" (and {len(wrong) - 5} more)" if len(wrong) > 5 else ""
        told = "; ".join(dict.fromkeys(wrong[:5]))
        raise SourceRefused(f"The source does not give what the model takes: {told}{more}.")


def misfits(kinds: dict[str, str], spec: SignatureSpec) -> Iterator[str]:
    """Yield a clause for each column of the signature that is missing or of another kind."""
    if absent := [name for name in (*spec.names, spec.output_name) if name not in kinds]:
        yield f"there is no column {', '.join(absent)}. Select it, or give a column this name (AS)"
    for feature in spec.features:
        found = kinds.get(feature.name, "empty")
        if found != "empty" and found not in FITS.get(feature.kind, TEXT):
            yield f"the column {feature.name} is {found}, and the model takes {feature.kind}. Cast it"


def changes(kinds: dict[str, str], last: dict[str, str]) -> Iterator[str]:
    """Yield a clause for each column that the last snapshot had and that is gone, or is of another kind."""
    for name, before in last.items():
        now = kinds.get(name)
        if now is None:
            yield f"the column {name} is gone. Put it back, or save the source anew if this is meant"
        elif now != before and "empty" not in (now, before) and {now, before} != {"int", "float"}:
            yield f"the column {name} was {before} and is {now} now. Cast it in the source"
