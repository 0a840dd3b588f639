"""Looks at the database all the time: who leads, since when, and that one version is live."""

import threading
import time

from django.db import Error, connection

from predictions.models import Promotion, RegisteredModel
from predictions.models.promotion import with_live
from scheduling.models import Lease
from scheduling.tests.chaos import record

EVERY_SECONDS = 0.03


class Watch(threading.Thread):
    """`owner` and `epoch` as last seen; `looks`, and how many of them found no version live."""

    def __init__(self, folder):
        super().__init__(daemon=True)
        self._folder = folder
        self.owner, self.epoch = "", 0
        self.looks = self.without_live = 0
        self.takeovers = {"killed": [], "stopped": []}
        self._ended = threading.Event()
        self._since = None

    def began(self, what, *, measured):
        """The leader was just killed, or asked to stop; not measured where nobody stands by."""
        self._since = (what, self._faults(), time.monotonic()) if measured else None

    def _faults(self):
        return len(record.read(self._folder, "faults"))

    def run(self):
        """Look until told to end."""
        while not self._ended.wait(EVERY_SECONDS):
            try:
                self._look()
            except Error:
                connection.close()
        connection.close()

    def end(self):
        """End the thread."""
        self._ended.set()
        self.join()

    def _look(self):
        lease = Lease.objects.first()
        model = with_live(RegisteredModel.objects.all()).get()
        self.looks += 1
        self.without_live += model.live_version_id is None
        if lease and lease.epoch != self.epoch:
            self._note_takeover()
            self.epoch = lease.epoch
        self.owner = lease.owner if lease else ""

    def _note_takeover(self):
        if self._since and self._since[1] == self._faults():  # nobody else died meanwhile
            self.takeovers[self._since[0]].append(time.monotonic() - self._since[2])
        self._since = None


def broken_links():
    """Rows of the ledger that do not replace what the row before made live."""
    rows = list(Promotion.objects.order_by("sequence").values_list("sequence", "version", "replaced_version"))
    expected = [(1, None)] + [(sequence + 1, version) for sequence, version, _ in rows[:-1]]
    found = [(sequence, replaced) for sequence, _, replaced in rows]
    return [pair for pair in zip(found, expected, strict=True) if pair[0] != pair[1]]
