"""How collected static files are stored: under names with their hash, compressed once."""

from typing import Any

from whitenoise.compress import Compressor
from whitenoise.storage import CompressedManifestStaticFilesStorage


class GzipStorage(CompressedManifestStaticFilesStorage):
    """Gzip only. Brotli, if some other package installs it, takes most of a minute."""

    def create_compressor(self, **kwargs: Any) -> Compressor:
        return Compressor(use_brotli=False, **kwargs)
