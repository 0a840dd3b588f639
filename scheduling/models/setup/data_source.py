"""Where a model's rows come from, one for each role: what is read, how far back, and what is held out."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import CASCADE, Q

from predictions.conf import config, setting_name
from predictions.models import Dataset, RegisteredModel
from predictions.models.base import Recorded, rules

LOG_TIME = "predicted_at"  # the time column of rows from the prediction log
MOST_DAYS = 36_500
HELP = {
    "kind": "Where the rows are read from at each retraining.",
    "database": "For a query: the name of a database in the settings, under DATA_SOURCES.",
    "query": "For a query: one SELECT. :since and :until stand for the window of the run.",
    "function": "For a function: its name in the settings, under SOURCE_CALLABLES. It gets since and until.",
    "root": "For files: the name of a folder in the settings, under FILE_ROOTS.",
    "pattern": "For files: which ones in that folder, such as 2026/*.parquet. Parquet or CSV.",
    "window_days": "How many days back rows are taken. Empty: all.",
    "label_delay_days": "How many days a label takes to arrive. Rows younger than this are not taken yet.",
    "time_column": "The column that says when a row happened. Needed to hold out the newest rows; with it, "
    "rows outside the window are left out. Times without a time zone are UTC.",
    "hold_out": "Which rows judge the candidate. Recommended: the newest ones, since a model predicts what "
    "comes later. With rows of the same days in both parts, every candidate looks better than it will be.",
    "hold_out_share": "How much is held out, from 0.05 to 0.5.",
    "group_column": "For whole groups: the column that names them, such as the customer.",
    "seed": "For whole groups and for single rows: another number draws other ones.",
    "minimum_rows": "With fewer rows nothing is trained.",
}  # fmt: skip


class DataSourceQuerySet(models.QuerySet["DataSource"]):
    """Questions about many sources."""

    def of(self, registered_model: RegisteredModel, role: str) -> DataSource | None:
        return self.filter(registered_model=registered_model, role=role).first()


class DataSource(models.Model):
    """Where the rows of one role come from. Without a row, it is the newest file that was sent."""

    class Role(models.TextChoices):
        TRAINING = Dataset.Role.TRAINING.value
        EVALUATION = Dataset.Role.EVALUATION.value

    class Kind(models.TextChoices):
        UPLOADED = "uploaded", "the newest file that was sent"
        QUERY = "query", "a query on a database"
        CALLABLE = "callable", "a function of an installed package"
        FILES = "files", "files in a folder"
        LOG = "log", "logged predictions with the true labels that were told"

    class HoldOut(models.TextChoices):
        TIME = "time", "the newest rows of these"
        GROUP = "group", "whole groups of these, drawn at random"
        RANDOM = "random", "single rows of these, drawn at random, the same share of each label"
        OWN = "own", "none of these: the evaluation source, or else the newest evaluation file"

    registered_model = models.ForeignKey(RegisteredModel, CASCADE, related_name="sources")
    role = models.CharField(max_length=10, choices=Role.choices, default=Role.TRAINING)
    kind = models.CharField(
        max_length=10, choices=Kind.choices, default=Kind.UPLOADED, help_text=HELP["kind"]
    )
    database = models.CharField(max_length=64, blank=True, help_text=HELP["database"])
    query = models.TextField(max_length=20_000, blank=True, help_text=HELP["query"])
    function = models.CharField(max_length=64, blank=True, help_text=HELP["function"])
    root = models.CharField("folder", max_length=64, blank=True, help_text=HELP["root"])
    pattern = models.CharField("files", max_length=300, blank=True, help_text=HELP["pattern"])
    window_days = models.PositiveIntegerField(
        null=True, blank=True, help_text=HELP["window_days"],
        validators=[MinValueValidator(1), MaxValueValidator(MOST_DAYS)],
    )  # fmt: skip
    label_delay_days = models.PositiveIntegerField(
        default=0, help_text=HELP["label_delay_days"], validators=[MaxValueValidator(MOST_DAYS)]
    )
    time_column = models.CharField(max_length=100, blank=True, help_text=HELP["time_column"])
    hold_out = models.CharField(
        max_length=10, choices=HoldOut.choices, default=HoldOut.TIME, help_text=HELP["hold_out"]
    )
    hold_out_share = models.FloatField(
        default=0.2, help_text=HELP["hold_out_share"],
        validators=[MinValueValidator(0.05), MaxValueValidator(0.5)],
    )  # fmt: skip
    group_column = models.CharField(max_length=100, blank=True, help_text=HELP["group_column"])
    seed = models.PositiveIntegerField(default=0, help_text=HELP["seed"])
    minimum_rows = models.PositiveIntegerField(
        default=100, help_text=HELP["minimum_rows"], validators=[MinValueValidator(2)]
    )

    objects = DataSourceQuerySet.as_manager()
    history = Recorded()

    class Meta:
        ordering = ["registered_model", "-role"]
        default_permissions = ()
        constraints = rules(
            one_source_for_each_role=["registered_model", "role"],
            a_source_holds_out_a_share=Q(hold_out_share__gte=0.05, hold_out_share__lte=0.5),
        )

    def __str__(self) -> str:
        return f"{self.registered_model} {self.role}: {self.get_kind_display()}"

    @property
    def needed(self) -> tuple[str, ...]:
        """The columns that say what a source of this kind reads."""
        return NEEDED[self.kind]

    @property
    def applying(self) -> set[str]:
        """The columns that say something for this kind and this hold-out."""
        held_out = OF_A_HOLD_OUT[self.hold_out]
        if self.role == self.Role.TRAINING:
            held_out = ("hold_out", *held_out)
        return {"role", "kind", *held_out} | (set() if self.is_newest_file else {*self.needed, *WHICH_ROWS})

    @property
    def kept_as(self) -> str:
        """What datasets say that they were read from. Parts of a file are not what was sent."""
        return "split" if self.kind == self.Kind.UPLOADED else self.kind

    @property
    def is_newest_file(self) -> bool:
        """Whether the file is used as it was sent, and nothing is read anew."""
        return self.kind == self.Kind.UPLOADED and self.hold_out == self.HoldOut.OWN

    def clean(self) -> None:
        """Empty what another kind would need. Raises `ValidationError` for what is missing or unknown."""
        for name in {*OF_A_KIND} - {*self.needed}:
            setattr(self, name, "")
        if self.role == self.Role.EVALUATION:
            self.hold_out = self.HoldOut.OWN
        if self.kind == self.Kind.LOG:
            self.time_column = LOG_TIME
        if self.hold_out != self.HoldOut.GROUP:
            self.group_column = ""
        if errors := self._missing() | self._unknown() | self._contradictions():
            raise ValidationError(errors)

    def _missing(self) -> dict[str, str]:
        missing = {name: f"Fill this in: {self.get_kind_display()} needs it." for name in self.needed
                   if not getattr(self, name).strip()}  # fmt: skip
        if self.hold_out == self.HoldOut.TIME and not self.time_column:
            missing["time_column"] = "Name the column by which rows are new, or choose another hold-out."
        if self.hold_out == self.HoldOut.GROUP and not self.group_column:
            missing["group_column"] = "Name the column of the groups, or choose another hold-out."
        if self._waits_by_itself() and not self.time_column:
            missing["time_column"] = "Name the time column, so that rows without a label yet can be left out."
        return missing

    def _waits_by_itself(self) -> bool:
        """Whether the delay depends on the time column, because the source does not ask for the window."""
        asks = self.kind == self.Kind.CALLABLE or (self.kind == self.Kind.QUERY and ":until" in self.query)
        return self.label_delay_days > 0 and not asks

    def _unknown(self) -> dict[str, str]:
        unknown = {}
        for name, key in OF_SETTINGS.items():
            value, known = getattr(self, name), sorted(getattr(config, key))
            if value and value not in known:
                choices = f"Choose one of: {', '.join(known)}." if known else "It is empty."
                unknown[name] = f"{value} is not in {setting_name(key)}. {choices}"
        return unknown

    def _contradictions(self) -> dict[str, str]:
        wrong = {}
        if self.query.strip() and not self.query.strip().upper().startswith(("SELECT", "WITH")):
            wrong["query"] = "Enter one SELECT (or WITH … SELECT)."
        if self.pattern.startswith("/") or ".." in self.pattern.split("/"):
            wrong["pattern"] = (
                "Enter a pattern inside the folder, without .. and without a slash at the start."
            )
        if (
            self.kind == self.Kind.LOG
            and self.registered_model_id
            and self.registered_model.redacted_features
        ):
            redacted = ", ".join(self.registered_model.redacted_features)
            wrong["kind"] = f"The prediction log lacks redacted features ({redacted}). Choose another source."
        return wrong

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save what `clean` accepted, however it came."""
        self.clean()
        super().save(*args, **kwargs)


NEEDED: dict[str, tuple[str, ...]] = {
    DataSource.Kind.UPLOADED: (),
    DataSource.Kind.QUERY: ("database", "query"),
    DataSource.Kind.CALLABLE: ("function",),
    DataSource.Kind.FILES: ("root", "pattern"),
    DataSource.Kind.LOG: (),
}
WHICH_ROWS = ("window_days", "label_delay_days", "time_column", "minimum_rows")
OF_A_HOLD_OUT: dict[str, tuple[str, ...]] = {
    DataSource.HoldOut.TIME: ("hold_out_share",),
    DataSource.HoldOut.GROUP: ("hold_out_share", "group_column", "seed"),
    DataSource.HoldOut.RANDOM: ("hold_out_share", "seed"),
    DataSource.HoldOut.OWN: (),
}
OF_A_KIND = tuple(name for names in NEEDED.values() for name in names)
OF_SETTINGS = {"database": "DATA_SOURCES", "function": "SOURCE_CALLABLES", "root": "FILE_ROOTS"}
