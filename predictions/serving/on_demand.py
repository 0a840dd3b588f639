"""Versions that are not live, loaded when somebody tries them: a limited number beside the live ones."""

import threading
from collections import OrderedDict

from django.conf import settings

from predictions.models import ModelVersion
from predictions.registry import loading
from predictions.registry.promotion import VersionRetired
from predictions.serving import serving


class AlreadyLoading(Exception):
    """This worker is loading another version. It has few threads, and the live versions need one."""


class UnknownVersion(Exception):
    """The model has no version with this label."""


class Shelf:
    """The versions tried last; the least recently used one is dropped first."""

    def __init__(self) -> None:
        self._loaded: OrderedDict[int, loading.LoadedVersion] = OrderedDict()
        self._looking, self._loading = threading.Lock(), threading.Lock()

    def get(self, version: ModelVersion) -> loading.LoadedVersion:
        """Return the version; if it is not loaded yet, the caller's own thread loads it.

        Raises `loading.VersionUnloadable`, or `AlreadyLoading` at once if another thread loads.
        """
        if known := self._known(version.pk):
            return known
        if not self._loading.acquire(blocking=False):
            raise AlreadyLoading("This worker is loading another version. Try again in a second.")
        try:
            loaded = self._known(version.pk) or loading.load(version)
        finally:
            self._loading.release()
        with self._looking:
            self._loaded[loaded.version_id] = loaded
            while len(self._loaded) > settings.TRIED_VERSIONS:
                self._loaded.popitem(last=False)
        return loaded

    def _known(self, version_id: int) -> loading.LoadedVersion | None:
        with self._looking:
            if version_id in self._loaded:
                self._loaded.move_to_end(version_id)
            return self._loaded.get(version_id)


shelf = Shelf()


def find(model: str, label: str) -> loading.LoadedVersion:
    """Return any registered version by its label; the live one as it is served already.

    Raises `UnknownVersion`, `VersionRetired`, `loading.VersionUnloadable` or `AlreadyLoading`.
    """
    served = serving.current().models.get(model)
    if served and served.version and served.version.label == label:
        return served.version
    return shelf.get(registered(model, label))


def registered(model: str, label: str) -> ModelVersion:
    """Return the row of a version that can be loaded. Raises `UnknownVersion` or `VersionRetired`."""
    rows = ModelVersion.objects.filter(signature__registered_model__name=model).labelled(label)
    version: ModelVersion | None = rows.select_related("signature__registered_model").first()
    if version is None:
        raise UnknownVersion(f"The model {model} has no version {label}.")
    if version.retired_at is not None:
        raise VersionRetired(f"{version} is retired and its files were deleted. Choose another version.")
    return version
