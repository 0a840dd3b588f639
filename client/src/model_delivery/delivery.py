"""The door: one server, and the models on it."""

from collections.abc import Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

from rich.console import Console

from model_delivery.errors import InvalidInput
from model_delivery.http.session import Session, from_environment, path_of
from model_delivery.model import Model
from model_delivery.records import Run, Runs
from model_delivery.registering.registrar import Registrar, Registration
from model_delivery.saving import filename_of, save
from model_delivery.shown.table import Shown, Table
from model_delivery.shown.telling_console import Teller
from model_delivery.status import Status, status
from model_delivery.tables.files import as_file
from model_delivery.tables.frames import Frame, as_frame
from model_delivery.waiting import SERVED_SECONDS, look, wait_for

UNNAMED = "target"


class Delivery(Shown):
    """A server. Address and token may come from MODEL_DELIVERY_URL and MODEL_DELIVERY_TOKEN."""

    def __init__(
        self, url: str | None = None, token: str | None = None, *, timeout: float = 120.0,
        quiet: bool = False, console: Console | None = None,
    ) -> None:  # fmt: skip
        address = url or from_environment("MODEL_DELIVERY_URL")
        self._token = token or from_environment("MODEL_DELIVERY_TOKEN")
        self._session = Session(address, self._token, timeout=timeout)
        self._teller = Teller(console, quiet=quiet)

    def __repr__(self) -> str:
        return f"<Delivery {self._session.base}>"

    def table(self) -> Table:
        token = "is set" if self._token else "is not set"
        return Table(title="Models in delivery", rows=[("server", self._session.base), ("token", token)])

    def register(
        self, model: Any, name: str, X: Any, y: Any, *, evaluation: tuple[Any, Any] | None = None,  # noqa: N803
        output: str = "", task: str = "", positive: Any = None, time: str = "", group: str = "",
        drop: Sequence[str] = (), kinds: Mapping[str, str] | None = None,
        bounds: Mapping[str, tuple[float | None, float | None]] | None = None,
        required: Mapping[str, bool] | None = None, examples: Mapping[str, Any] | None = None,
        title: str = "", public: bool | None = None, data_changes: bool | None = None, version_name: str = "",
        patience: float = 3600.0, timeout: float = SERVED_SECONDS,
    ) -> Model:  # fmt: skip
        """Bring a fitted model with the rows it was fitted on; wait for the verdict and print it.

        With None instead of a model only its data are sent, for a recipe to train on. Then `evaluation` may
        be left out too: the server holds out a fifth of the rows.

        The first call makes the model and infers its signature from X and y. The same call with another model
        adds a version, and the data where they are new. `output` is the name of the label column (else y's
        own), `positive` the label that matters, `time` and `group` columns of X that say which rows belong
        together, `drop` columns that the model does not take, `kinds` the kinds of columns where the server
        asks, `bounds` the least and the largest value of numbers where the wide ones are not right (None
        leaves one as it is), `required` whether requests must have a column, `examples` what the docs show of
        one. `patience` is for how many seconds to wait for each run, `timeout` until every worker serves what
        went live. Raises errors of `DeliveryError` only.
        """
        label = output or str(getattr(y, "name", None) or UNNAMED)
        self._tell_of_index(X)
        training = as_file(_labelled(X, y, label, "X"), "training")
        tested = as_file(_labelled(*evaluation, label, "evaluation"), "evaluation") if evaluation else None
        said = {**training.kinds, **(kinds or {})}
        options = {
            "task": task, "positive": positive, "time": time, "group": group, "drop": _names(drop),
            "kinds": said, "bounds": {name: list(ends) for name, ends in (bounds or {}).items()},
            "required": dict(required or {}), "examples": dict(examples or {}),
            "title": title, "public": public, "data_changes": data_changes,
        }  # fmt: skip
        content = None if model is None else save(model)
        asked = Registration(
            name=name, model=content, filename=filename_of(model, content or b"", name), training=training,
            evaluation=tested, output=label, options=options, version_name=version_name,
        )  # fmt: skip
        registrar = Registrar(
            session=self._session, teller=self._teller, patience=patience, timeout=timeout
        )  # fmt: skip
        return Model(self._session, name, registrar.register(asked), teller=self._teller)

    def _tell_of_index(self, table: Any) -> None:
        named = getattr(getattr(table, "index", None), "name", None)
        if named is not None:
            self._teller.say(f"The index {named} is not sent. X.reset_index() would make it a column.")

    def model(self, name: str) -> Model:
        """Return a model by its name. Raises `NotFound`."""
        self._session.get(path_of("models", name))
        return self._model(name)

    def _model(self, name: str) -> Model:
        return Model(self._session, name, teller=self._teller)

    def models(self) -> list[Model]:
        """Return the models that the token may see."""
        return [self._model(row["name"]) for row in self._session.listed("/api/models")]

    def run(self, number: int) -> Run:
        """Return a run as it is now."""
        return look(self._session, number)

    def evidence(self, number: int, path: str | Path) -> Path:
        """Write the evidence page of a run into a file, also where its address needs a token."""
        file = Path(path)
        file.write_bytes(self._session.page(f"/api/runs/{number}/evidence.html"))
        return file

    def wait(self, number: int, *, patience: float = 3600.0) -> Run:
        """Return a run when it is over."""
        return wait_for(self._session, number, teller=self._teller, patience=patience)

    def runs(self, limit: int = 20) -> Runs:
        """Return the newest runs of all models."""
        return Runs(
            Run.of(row, base=self._session.base) for row in islice(self._session.listed("/api/runs"), limit)
        )

    def status(self) -> Status:
        """Return what is live of each model, since when, and its last verdict."""
        return status(self._session)


def _labelled(X: Any, y: Any, label: str, field: str) -> Frame:  # noqa: N803
    """Return the rows with their labels in one table, paired by their order as `fit` pairs them."""
    frame = as_frame(X, field=field)
    values = y.iloc[:, 0] if getattr(y, "ndim", 1) == 2 and hasattr(y, "iloc") and y.shape[1] == 1 else y
    values = values.ravel() if getattr(values, "ndim", 1) == 2 and values.shape[1] == 1 else values
    if getattr(values, "ndim", 1) != 1:
        message = "A model with several outputs cannot be served."
        raise InvalidInput(message, field="y", remedy="Fit one model for each output.")
    if len(values) != frame.rows:
        message = f"{field} has {frame.rows} rows, and there are {len(values)} labels."
        raise InvalidInput(message, field="y", remedy="Give one label for each row.")
    if label in frame.columns:
        message = f"{field} has a column {label}, which is the name of the labels too."
        remedy = 'Leave it out of X, or name the labels otherwise: output="…".'
        raise InvalidInput(message, field="output", remedy=remedy)
    return frame.with_column(label, values)


def _names(drop: Sequence[str]) -> list[str]:
    return [drop] if isinstance(drop, str) else list(drop)
