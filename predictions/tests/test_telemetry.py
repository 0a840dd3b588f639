"""Whatever a project sets, ONNX Runtime must not report to its maker."""

import os
import subprocess
import sys


def test_to_import_the_app_is_enough():
    code = "import os, predictions; print(os.environ['ORT_DISABLE_TELEMETRY'])"
    environment = {name: value for name, value in os.environ.items() if name != "ORT_DISABLE_TELEMETRY"}
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True)
    assert done.stdout == "1\n"
