"""How collected static files are stored, under names with their hash and compressed once; and their URLs."""

from typing import Any

from django.urls import get_script_prefix
from whitenoise.compress import Compressor
from whitenoise.storage import CompressedManifestStaticFilesStorage


class GzipStorage(CompressedManifestStaticFilesStorage):
    """Gzip only. Brotli, if some other package installs it, takes most of a minute."""

    def url(self, name: str, force: bool = False) -> str:
        """Return the URL below SCRIPT_NAME, which a request has: Django reads STATIC_URL before."""
        url: str = super().url(name, force)
        return get_script_prefix().rstrip("/") + url

    def create_compressor(self, **kwargs: Any) -> Compressor:
        return Compressor(use_brotli=False, **kwargs)
