"""docs/adopt.md word for word, in a fresh project: its model is served, retrained and taken back."""

import json
import os
import re
import subprocess
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path

from django.test import SimpleTestCase, tag

from tests.running import MOST_SECONDS, ROOT, Browser, Process, free_address, until

PAGE = Path(os.environ.get("ADOPT_PAGE", ROOT.parents[1] / "docs" / "adopt.md"))
PATH = "/ml/api/models/members/predict"
ROW = {"plan": "day", "age": 40, "visits": 12}
DONE_BEFORE = ("pip install",)  # the tests run where the package is installed


class Reader:
    """Types what the page says into a folder of its own."""

    def __init__(self, folder):
        self.folder, self.address, self.printed = Path(folder), free_address(), {}
        self.environment = os.environ | {
            "DJANGO_SUPERUSER_USERNAME": "ada", "DJANGO_SUPERUSER_EMAIL": "ada@example.com",
            "DJANGO_SUPERUSER_PASSWORD": "correct-horse-battery", "COLUMNS": "120",
            "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        }  # fmt: skip
        for name in ("DJANGO_SETTINGS_MODULE", "DATABASE_URL"):
            self.environment.pop(name, None)

    def follow(self, title, beside):
        """Do the blocks of a section; servers run until the end of the stack `beside`."""
        for language, block in re.findall(r"^```(python|sh)\n(.*?)^```", section(title), re.M | re.S):
            block = block.replace("127.0.0.1:8000", self.address)
            if language == "python":
                self.write(block)
            elif block in ("python manage.py runserver\n", "python manage.py runapscheduler\n"):
                self.start(block.split(), beside)
            elif not block.startswith(DONE_BEFORE):
                self.run(block.replace("createsuperuser", "createsuperuser --noinput"))

    def write(self, block):
        """A module as the page shows it; of the two that are there, what is added."""
        name = block.partition("\n")[0].removeprefix("# ")
        is_added = name in ("mysite/settings.py", "mysite/urls.py")
        with (self.folder / name).open("a" if is_added else "w") as file:
            file.write(block)

    def run(self, block):
        done = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", block], cwd=self.folder, env=self.environment,
            capture_output=True, text=True, timeout=MOST_SECONDS,
        )  # fmt: skip
        if done.returncode:
            raise AssertionError(f"{block}\n{done.stdout}\n{done.stderr}")
        self.printed[block] = done.stdout

    def start(self, words, beside):
        more = [self.address, "--noreload"] if words[-1] == "runserver" else []
        command = [sys.executable, *words[1:], *more]
        beside.enter_context(Process(command, self.folder, self.environment))
        if more:
            until(lambda: Browser(self.address).ask("/ml/health/live")[0] == 200)

    def answer(self, version):
        """What the page's row is answered as soon as this version is live."""
        ask = Browser(self.address).json
        return until(lambda: (answer := ask(PATH, ROW)[1]).get("version") == version and answer)


def section(title):
    """The text under a heading, up to the next one."""
    return PAGE.read_text().split(f"\n## {title}\n")[1].partition("\n## ")[0]


@tag("sqlite")  # the page begins with what `startproject` makes
class AdoptTests(SimpleTestCase):
    """One reader, from the first line to the roll back."""

    def test_the_page_word_for_word(self):
        with ExitStack() as beside:
            reader = Reader(beside.enter_context(tempfile.TemporaryDirectory()))
            titles = ("Install it", "Add the lines", "Your rows and your training code")
            for title in (*titles, "Start both processes", "Register the model", "Train, ask and retrain"):
                reader.follow(title, beside)
            self.the_versions_went_as_the_page_says(reader)
            reader.follow("Ask it in your own code", beside)
            self.the_view_answers(reader)
            beside.pop_all().close()

    def the_versions_went_as_the_page_says(self, reader):
        retrained = [printed for block, printed in reader.printed.items() if "retrain" in block]
        self.assertIn("first version", retrained[0])
        self.assertIn("Promoted: better", retrained[1])
        [asked] = [printed for block, printed in reader.printed.items() if block.startswith("curl")]
        self.assertEqual(json.loads(asked)["version"], "1.0")
        self.assertEqual(reader.answer("1.0")["model"], "members")  # after the roll back

    def the_view_answers(self, reader):
        reader.run(f"python manage.py shell -v 0 -c '{VIEW}'")
        [printed] = [text for block, text in reader.printed.items() if VIEW in block]
        self.assertRegex(printed, r"\d+%, says version 1\.0")


VIEW = """
from django.contrib.auth.models import AnonymousUser
from django.test import RequestFactory
from members.models import Member
from members.views import member
request = RequestFactory().get("/")
request.user = AnonymousUser()
print(member(request, Member.objects.first().pk).content.decode())
"""
