"""What a model version is, which is live, and answering requests."""

import os

os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")  # before any import of onnxruntime: it would report

__version__ = "0.1.0"  # of the package, of the API's schema and of the newest heading of CHANGELOG.md
