"""Registering: what is new of the data and the model is sent, and the verdict is waited for."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from model_delivery.errors import Conflict, InvalidInput, NotFound, TimedOut
from model_delivery.http.session import Answered, Session, path_of
from model_delivery.records import Verdict
from model_delivery.registering.forms import form
from model_delivery.registering.questions import in_our_words
from model_delivery.shown.signature import signature_table
from model_delivery.shown.telling_console import Teller
from model_delivery.tables.files import TableFile
from model_delivery.waiting import failed, wait_for, wait_until_served


@dataclass(frozen=True, kw_only=True)
class Registration:
    """All that a registration sends. `options` are the fields of the form as they are."""

    name: str
    model: bytes | None
    filename: str
    training: TableFile
    evaluation: TableFile | None
    output: str
    options: Mapping[str, Any]
    version_name: str = ""


@dataclass(frozen=True, kw_only=True)
class Registrar:
    """Sends one registration. Seconds to wait: `patience` for each run, `timeout` for the workers."""

    session: Session
    teller: Teller
    patience: float
    timeout: float

    def register(self, asked: Registration) -> Verdict:
        """Return what came of it. Raises `InvalidInput` with each question of the server."""
        try:
            known = self._datasets(asked.name)
            if known:
                answer = self._new_version(asked, known)
            else:
                answer = self._new_model(asked)
                self._tell_signature(asked.name, answer)
        except (InvalidInput, Conflict) as error:
            raise in_our_words(error) from None
        verdict = Verdict.of(answer, model=asked.name, base=self.session.base)
        self._tell(verdict)
        if verdict.decision == "promoted":
            self._wait_until_served(verdict)
        return verdict

    def _wait_until_served(self, verdict: Verdict) -> None:
        """A worker that lags does not take the verdict away."""
        try:
            wait_until_served(self.session, verdict.model, verdict.version, timeout=self.timeout)
        except TimedOut as error:
            self.teller.say(str(error))

    def _datasets(self, name: str) -> set[tuple[str, str]]:
        """Return (role, sha256) of what the server has; nothing for a model without a signature."""
        try:
            return {
                (row["role"], row["sha256"])
                for row in self.session.listed(path_of("models", name, "datasets"))
            }
        except NotFound:
            return set()

    def _new_model(self, asked: Registration) -> Mapping[str, Any]:
        fields = {"name": asked.name, "output": asked.output, **asked.options}
        files = [_table("training", asked.training)]
        if asked.model is not None:
            fields["trained_on"] = "training"
            files.append(("model", (asked.filename, asked.model)))
        if asked.evaluation:
            files.append(_table("evaluation", asked.evaluation))
        return self._upload("/api/models", form(fields, files), f"{asked.name} and its data")

    def _new_version(self, asked: Registration, known: set[tuple[str, str]]) -> Mapping[str, Any]:
        path = path_of("models", asked.name)
        answer: Mapping[str, Any] = {}
        for role, file in (("training", asked.training), ("evaluation", asked.evaluation)):
            if file and (role, file.sha256) not in known:
                sent = form({"role": role}, [_table("file", file)])
                answer = self._upload(f"{path}/datasets", sent, f"the {role} data")
        if asked.model is None:
            return answer
        fields = {"name": asked.version_name, "trained_on": asked.training.sha256}
        model = form(fields, [("file", (asked.filename, asked.model))])
        return self._upload(f"{path}/versions", model, f"a version of {asked.name}")

    def _upload(self, path: str, fields: list[tuple[str, Any]], what: str) -> Mapping[str, Any]:
        """Return the answer, however long the run takes."""
        try:
            answered = self.session.upload(path, fields, teller=self.teller, what=f"Sending {what}")
        except KeyboardInterrupt:
            self.teller.say(
                "If all was sent, the run goes on: delivery.runs() shows it. Calling it again is safe."
            )
            raise KeyboardInterrupt from None
        return self._waited(answered) if answered.status == 202 else _object(answered.json)

    def _waited(self, answered: Answered) -> Mapping[str, Any]:
        number = int(answered.json["run"])
        self.teller.say(f"Run {number} is at work. It goes on if you stop waiting.")
        run = wait_for(self.session, number, teller=self.teller, patience=self.patience)
        if run.status != "finished":
            raise failed(run)
        return {**run.answer, "run": run.id, "version": run.version, "evidence": run.version and run.url}

    def _tell_signature(self, name: str, answer: Mapping[str, Any]) -> None:
        """Print what the server inferred; after a run that was waited for, the manifest has it."""
        signature, version = answer.get("signature"), answer.get("version")
        if not signature and version:
            manifest = path_of("models", name, "versions", version, "manifest")
            signature = self.session.get(manifest)["signature"]
        if signature:
            self.teller.show(signature_table(signature))
        for note in answer.get("notes") or ():
            self.teller.say(f"- {note}")

    def _tell(self, verdict: Verdict) -> None:
        self.teller.say(str(verdict))
        if verdict.evidence:
            fetched = f'delivery.evidence({verdict.run}, "evidence.html")'
            self.teller.say(f"Evidence: {verdict.evidence}, or {fetched}")


def _table(field: str, file: TableFile) -> tuple[str, Any]:
    return field, (file.name, file.content)


def _object(answer: Any) -> Mapping[str, Any]:
    return answer if isinstance(answer, dict) else {}
