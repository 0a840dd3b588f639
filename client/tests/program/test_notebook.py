"""`docs/training.ipynb` against the real program: it runs, and prints what it shows.

`REWRITE=1` stores what was printed in the notebook, instead of comparing.
"""

import os
import re
import subprocess
import sys

import nbformat
import pytest
from nbclient import NotebookClient

from mlsite.tests.processes import ROOT
from mlsite.tests.program.test_end_to_end import Program

pytestmark = [pytest.mark.end_to_end, pytest.mark.timeout(300), pytest.mark.xdist_group("client_end_to_end")]
NOTEBOOK = ROOT / "docs" / "training.ipynb"
ALONE = """
from predictions.models import RegisteredModel
from scheduling.models import CheckLimit, Schedule
Schedule.objects.update(enabled=False)  # nothing is retrained meanwhile
iris = RegisteredModel.objects.get(name="iris")
CheckLimit.objects.create(registered_model=iris, check_id="latency", blocking=False)  # other tests work too
"""


@pytest.fixture
def program(tmp_path, monkeypatch):
    """The demo, in which nothing happens by itself."""
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path / 'db.sqlite3'}")
    monkeypatch.setenv("VAR_DIR", str(tmp_path / "var"))
    monkeypatch.setenv("MEDIA_ROOT", str(tmp_path / "media"))
    monkeypatch.setenv("HTTPS", "false")
    manage("setup_demo")
    manage("shell", "-v", "0", "-c", ALONE)
    with Program(tmp_path) as started:
        monkeypatch.setenv("MODEL_DELIVERY_URL", f"http://127.0.0.1:{started.port}")
        monkeypatch.setenv("MODEL_DELIVERY_TOKEN", manage("create_token", "admin"))
        monkeypatch.setenv("PYTHONPATH", str(ROOT / "client" / "src"))
        yield started


def manage(*arguments):
    command = [sys.executable, "manage.py", *arguments]
    return subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout.strip()


def test_the_notebook_prints_what_it_shows(program):
    shown = nbformat.read(NOTEBOOK, as_version=4)
    ran = nbformat.from_dict(shown)
    NotebookClient(ran, timeout=120, resources={"metadata": {"path": str(NOTEBOOK.parent)}}).execute()
    for cell in ran.cells:
        if cell.cell_type == "code":
            cell.metadata, cell.outputs = {}, [clean(one) for one in cell.outputs]
    if os.environ.get("REWRITE"):
        nbformat.write(ran, NOTEBOOK)
    assert [printed(cell) for cell in ran.cells] == [printed(cell) for cell in shown.cells]


def clean(output):
    """Without what differs from run to run, and with the text of a table alone."""
    text = output.text if output.output_type == "stream" else output.data["text/plain"]
    text = re.sub(r"http://127\.0\.0\.1:\d+", "http://127.0.0.1:8000", text)
    text = re.sub(r"Run \d+ is at work\..*\n", "", text)  # told of a run that takes long
    return nbformat.v4.new_output("stream", text=text.rstrip() + "\n")


def printed(cell):
    return "".join(one.text for one in cell.get("outputs", [])).strip()
