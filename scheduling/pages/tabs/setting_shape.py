"""The shape of a tab that tells what people decide: a sentence, what holds now, and where it is changed."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from django.db.models import Model

from predictions.models import RegisteredModel
from predictions.paths import admin_path
from scheduling.models import DataSource, Recipe


@dataclass(frozen=True, kw_only=True)
class Group:
    """What several blocks are about."""

    heading: str
    sentence: str


@dataclass(frozen=True, kw_only=True)
class Block:
    """One row of a table, or one list: a heading, names with values, and where it is changed."""

    heading: str
    values: list[tuple[str, str]]
    href: str = ""
    group: Group | None = None
    changed: frozenset[str] = frozenset()  # names of the values that somebody set


@dataclass(frozen=True, kw_only=True)
class Setting:
    """One tab."""

    sentence: str
    blocks: list[Block]
    href: str  # where it is changed, or added
    action: str
    may: bool
    empty: str = ""  # what holds where there is no block
    links: list[tuple[str, str]] = field(default_factory=list)


def values_of(row: Recipe | DataSource) -> Iterator[tuple[str, str]]:
    """Name and value in words of each column that applies, without those that are empty."""
    for column in row._meta.fields:
        value = getattr(row, column.attname)
        if column.name not in row.applying or value in (None, "", {}, []):
            continue
        if isinstance(value, dict):
            yield str(column.verbose_name), ", ".join(f"{name}: {inner}" for name, inner in value.items())
        elif isinstance(value, bool):
            yield str(column.verbose_name), "yes" if value else "no"
        else:
            yield str(column.verbose_name), str(dict(column.flatchoices).get(value, value))


def page_of(kind: type[Model], pk: int | None, model: RegisteredModel) -> str:
    """Return where such a row is changed; without `pk`, where one is added for this model."""
    name = f"{kind._meta.app_label}_{kind._meta.model_name}"
    if pk is None:
        return f"{admin_path(f'{name}_add')}?registered_model={model.pk}"
    return admin_path(f"{name}_change", pk)
