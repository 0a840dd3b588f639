"""All that people read is in one file, so that a reviewer can read it in one go."""

from mlsite.tests.sentences import SNAPSHOT, of_code, reads_as_words, sentences


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
