"""All models at a glance: what is live, since when, and what the last verdict was."""

from dataclasses import asdict, dataclass
from typing import Any

from model_delivery.http.session import Session
from model_delivery.shown.table import Shown, Table

COLUMNS = ("model", "live", "since", "last verdict", "of", "note")


@dataclass(frozen=True, kw_only=True)
class ModelStatus:
    """One model. `since` is when the live version went live; `verdict_*` are of the last run that decided."""

    model: str
    live: str | None
    since: str | None
    verdict: str
    verdict_version: str | None
    verdict_run: int | None
    reason: str
    held: bool


class Status(list[ModelStatus], Shown):
    """The models by their names."""

    def table(self) -> Table:
        rows = [
            (one.model, one.live, one.since, one.verdict, one.verdict_version, "on hold" if one.held else "")
            for one in self
        ]
        return Table(title="Models", columns=COLUMNS, rows=rows)

    def as_json(self) -> list[dict[str, Any]]:
        """Return plain values."""
        return [asdict(one) for one in self]


def status(session: Session) -> Status:
    """Return the status of all models that the token may see."""
    models = sorted(session.listed("/api/models"), key=lambda model: str(model["name"]))
    return Status(_status(session, model) for model in models)


def _status(session: Session, model: dict[str, Any]) -> ModelStatus:
    name = model["name"]
    newest = session.get("/api/promotions", model=name)["results"] if model["live_version"] else []
    runs = session.get("/api/runs", model=name)["results"]
    decided: dict[str, Any] = next((run for run in runs if run["decision"]), {})
    return ModelStatus(
        model=name, live=model["live_version"], since=newest[0]["at"] if newest else None,
        verdict=decided.get("decision", ""), verdict_version=decided.get("candidate"),
        verdict_run=decided.get("id"), reason=decided.get("reason", ""), held=bool(model.get("hold")),
    )  # fmt: skip
