"""Why no rows are taken from a source: each ends the run with its sentence, before anything is trained."""


class SourceRefused(Exception):
    """The source cannot be read, or its rows are not fit to train on; the message has the remedy."""


AGAIN = (
    "To train on them all the same, ask to repeat: “Train on the same rows again” under “Retrain now…”, "
    "repeat in the API, retrain --repeat on the command line."
)


class NothingNew(Exception):
    """The source gives the rows that the last retraining had, by a run of this number."""

    def __init__(self, *, run: int, rows: int) -> None:
        self.why = f"There are no other training rows than the {rows:,} of that run."
        self.since = f"Nothing new since run {run}"
        super().__init__(f"{self.since}: not retrained. {self.why} {AGAIN}")
