"""What a model version is, which is live, and answering requests."""

import os

# Before any import of onnxruntime, whose telemetry also makes forked processes hang as they end.
os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")

PACKAGES = {__name__}  # of this program: those that build on this one add themselves
__version__ = "0.1.0"  # of the package, of the API's schema and of the newest heading of CHANGELOG.md
