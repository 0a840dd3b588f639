"""All that people read is in one file, so that a reviewer can read it in one go."""

import re

from mlsite.tests.sentences import SNAPSHOT, of_code, reads_as_words, sentences
from predictions.conf.problems import KEYS

# The sandbox, which knows no settings; the table of keys; help of columns, the same in each project.
MAY = ("scheduling/uploads/refusals.py", "predictions/conf/", "predictions/models/", "scheduling/models/")
A_KEY = re.compile(rf"(?<![.'])\b({'|'.join(sorted(KEYS))})\b(?!')")


def test_the_snapshot_has_every_sentence_as_it_is_now():
    assert SNAPSHOT.read_text() == sentences(), "make sentences"


def test_what_is_put_into_a_sentence_stands_in_braces_and_docstrings_are_none(tmp_path):
    module = tmp_path / "module.py"
    module.write_text('"""Says nothing to people."""\n\nWHY = f"It took {seconds:.1f} s " "for all rows."\n')
    assert list(of_code(module)) == ["It took {seconds} s for all rows."]


def test_paths_and_queries_are_no_sentences():
    assert not reads_as_words("scheduling/evidence_page/page.html")
    assert not reads_as_words("SELECT one FROM two WHERE three")
    assert reads_as_words("The champion stays as it is.")


def test_a_setting_is_named_by_the_function_that_knows_how_the_project_writes_it():
    bare = {}
    for part in SNAPSHOT.read_text().removeprefix("# ").split("\n# "):
        path, _, text = part.partition("\n")
        if path.startswith(("predictions/", "scheduling/")) and not path.startswith(MAY):
            bare |= {line: path for line in text.splitlines() if A_KEY.search(line)}
    assert bare == {}, "name it by predictions.conf.setting_name"
