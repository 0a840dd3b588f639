"""A model on the server: predictions, true labels, what is live, and who changes it."""

from collections.abc import Iterable
from itertools import islice
from typing import Any

from model_delivery.errors import InvalidInput
from model_delivery.http.session import Session, path_of
from model_delivery.predicting import Predicted, predict
from model_delivery.records import Promotion, Run, Runs, Verdict
from model_delivery.shown.table import Shown, Table
from model_delivery.shown.telling_console import Teller
from model_delivery.tables.answers import as_series, as_table, labels_of
from model_delivery.tables.frames import as_frame
from model_delivery.telling import Told, tell
from model_delivery.waiting import SERVED_SECONDS, failed, wait_for, wait_until_served


class Model(Shown):
    """`last_ids` are the ids of the last predictions, with the frame's index; `verdict` is of `register`."""

    def __init__(
        self, session: Session, name: str, verdict: Verdict | None = None, *, teller: Teller | None = None
    ) -> None:
        self._session, self.name, self.verdict = session, name, verdict
        self._teller = teller or Teller(quiet=True)
        self.last_ids: Any = None

    def __repr__(self) -> str:
        return f"<Model {self.name} at {self._session.base}>"

    def table(self) -> Table:
        verdict = self.verdict.table().rows if self.verdict else ()
        return Table(title=self.name, rows=[("server", self._session.base), *verdict])

    def predict(self, frame: Any, *, version: str | None = None) -> Any:
        """Return a Series with the frame's index ; `version` tries one that is not live."""
        answers, index = self._predicted(frame, version)
        return as_series(answers.predictions, index=index, name="prediction")

    def predict_proba(self, frame: Any, *, version: str | None = None) -> Any:
        """Return a DataFrame with the labels as columns. Raises `InvalidInput` for a model that has none."""
        answers, index = self._predicted(frame, version)
        if not answers.probabilities:
            message = f"{self.name} {answers.version} gives no probabilities."
            raise InvalidInput(message, field="model", remedy="Ask for predictions: predict(frame).")
        labels = labels_of(answers.probabilities, predictions=answers.predictions)
        return as_table({labels[key]: shares for key, shares in answers.probabilities.items()}, index=index)

    def _predicted(self, frame: Any, version: str | None) -> tuple[Predicted, Any]:
        table = as_frame(frame, field="frame")
        answers = predict(
            self._session, self._path(*(("versions", version) if version else ()), "predict"), table
        )
        self.last_ids = as_series(answers.ids, index=table.index, name="prediction_id")
        return answers, table.index

    def tell(self, ids: Any, labels: Any, *, wait: float = 20.0) -> Told:
        """Send the true labels of predictions; missing ones are left out.

        Two Series are paired by their index. A prediction is in the log a second or two after its answer:
        `wait` is for how many seconds to try again. Raises `InvalidInput` with each label that was refused;
        the others are stored then.
        """
        return tell(self._session, ids, labels, wait=wait)

    def retrain(self, *, repeat: bool = False, wait: bool = True, patience: float = 3600.0) -> Run:
        """Retrain it now on what its data source gives; return the run once it is over, or at once.

        A run that found nothing new has no `decision`, and its `reason` says so; with `repeat` it trains on
        the same rows again. Raises `RunFailed` for one
        that did not finish.
        """
        what = {"task": "retrain", "model": self.name} | ({"repeat": True} if repeat else {})
        asked = self._session.post("/api/runs", what)
        run = Run.of(asked, base=self._session.base)
        if not wait:
            return run
        run = wait_for(self._session, run.id, teller=self._teller, patience=patience)
        if run.status != "finished":
            raise failed(run)
        return run

    @property
    def live(self) -> str | None:
        """The label of the live version, such as 1.0; None while nothing is live."""
        label: str | None = self._session.get(self._path())["live_version"]
        return label

    def versions(self) -> list[dict[str, Any]]:
        """Return the versions, newest first, as the API describes them."""
        return list(self._session.listed(self._path("versions")))

    def runs(self, limit: int = 20) -> Runs:
        """Return the newest runs."""
        found: Iterable[Any] = islice(self._session.listed("/api/runs", model=self.name), limit)
        return Runs(Run.of(row, base=self._session.base) for row in found)

    def promotions(self, limit: int = 20) -> list[Promotion]:
        """Return the newest rows of the ledger."""
        found: Iterable[Any] = islice(self._session.listed("/api/promotions", model=self.name), limit)
        return [Promotion.of(row) for row in found]

    def promote(self, version: str, *, reason: str, timeout: float = SERVED_SECONDS) -> Promotion:
        """Make a version live, whatever the checks say, and wait until it is served.

        The reason goes into the ledger. `timeout` is for how many seconds to wait, 0 not at all; raises
        `TimedOut` after it, and the version is live all the same.
        """
        return self._flip(kind="promote", version=version, reason=reason, timeout=timeout)

    def roll_back(self, *, reason: str, timeout: float = SERVED_SECONDS) -> Promotion:
        """Make the version before live again, and wait as `promote` does.

        The gate promotes nothing until a person lifts the hold.
        """
        return self._flip(kind="roll_back", reason=reason, timeout=timeout)

    def _flip(self, *, timeout: float, **asked: str) -> Promotion:
        """`replaces` makes sure that nobody else changed the live version meanwhile."""
        body = {"model": self.name, "replaces": self.live, **asked}
        promotion = Promotion.of(self._session.post("/api/promotions", body))
        wait_until_served(self._session, self.name, promotion.version, timeout=timeout)
        return promotion

    def _path(self, *parts: str) -> str:
        return path_of("models", self.name, *parts)
