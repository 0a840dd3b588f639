"""The commands of a page of the documentation, as its reader types them: in a folder of their own."""

import os
import re
import subprocess
import sys

from mlsite.tests.processes import ROOT


def section(page, title):
    """The text under a heading, up to the next one."""
    return re.split(rf"^#+ {re.escape(title)}\n", page, flags=re.MULTILINE)[1].partition("\n## ")[0]


def blocks(text, language):
    return re.findall(rf"^```{language}\n(.*?)^```", text, re.MULTILINE | re.DOTALL)


def commands(text):
    """Each command of the console blocks, with what the page says that it prints."""
    parts = [
        part for block in blocks(text, "console") for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]
    ]
    return [tuple(part.partition("\n")[::2]) for part in parts]


class Reader:
    """Has the folder with the files that the page speaks of, and a token."""

    def __init__(self, folder, program, token):
        self.folder, self.address = folder, f"http://127.0.0.1:{program.port}"
        own = {"VAR_DIR": program.folder / "var", "MEDIA_ROOT": program.folder / "media"}
        more = {"TOKEN": token, "PORT": str(program.port), "COLUMNS": "120"}
        self.environment = os.environ | {name: str(value) for name, value in own.items()} | more

    def do(self, command, **changes):
        """Return what it printed and its exit code; `changes` are words of the command to be exchanged."""
        command = command.replace(".venv/bin/python manage.py", f"{sys.executable} {ROOT / 'manage.py'}")
        command = command.replace("http://127.0.0.1:8000", self.address).replace("curl ", "curl --silent ", 1)
        for word, other in changes.items():
            command = re.sub(rf"\b{word}\b(?!\.)", other, command)
        done = subprocess.run(
            ["bash", "-c", command], cwd=self.folder, env=self.environment, capture_output=True, text=True,
            timeout=120,
        )  # fmt: skip
        return as_on_the_page(done.stdout + done.stderr, self.address), done.returncode


def as_on_the_page(text, address=""):
    """Without what differs from run to run."""
    text = text.replace(address, "http://127.0.0.1:8000") if address else text
    text = re.sub(r"runs/\d+", "runs/12", text)
    return [line.rstrip() for line in text.strip().splitlines()]
