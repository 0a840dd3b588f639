"""The one place that every prediction passes: answered, and logged."""

from predictions.log import spool
from predictions.registry import loading
from predictions.serving import serving
from predictions.serving.answering import answer


def test_an_answer_has_an_id_for_each_row_and_the_seconds_of_all(weak):
    version = loading.load(weak)
    rows = [(5.1, 3.5, 1.4, 0.2), (6.5, 3.0, 5.8, 2.2)]
    answered = answer(version, rows, who="ann")
    assert answered.answers.outputs == version.predict(rows).outputs
    assert len(set(answered.ids)) == 2
    assert 0 < answered.seconds < 5


def test_what_is_answered_is_logged_also_of_a_version_that_is_not_live(live, strong):
    before = spool.state().appended
    for version in (serving.current().default.version, loading.load(strong)):
        answer(version, [(5.1, 3.5, 1.4, 0.2), (6.5, 3.0, 5.8, 2.2)], who="ann")
    assert spool.state().appended - before == 4


def test_a_model_that_is_not_served_here_has_no_log(weak):
    before = spool.state().appended
    answer(loading.load(weak), [(5.1, 3.5, 1.4, 0.2)], who="")
    assert spool.state().appended == before
