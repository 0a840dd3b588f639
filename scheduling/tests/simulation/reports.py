"""A report that nobody had to play for."""

from scheduling.simulation.report.schema import Advice, Estimate, PeriodRow, Played, Report, Share, Step

NONE = Share(count=0, total=0)


def make_report(model="churn", **changes):
    """Two periods under the two yardsticks and one policy."""
    row = {"rows": 400, "registered_at": "2026-03-01T12:00:00+00:00", "candidate": "C 1.0", "problem": ""}
    periods = [PeriodRow(evaluation=i, training=i, **row) for i in (1, 2)]
    policies = [
        make_played("always promote", promoted=True, flip="false"),
        make_played("never promote", promoted=False, flip="missed"),
        make_played("better", promoted=False, is_current=True, settings={"promote_when": "better"}),
    ]
    made = {
        "model": model,
        "metric": "f1_macro",
        "greater_is_better": True,
        "candidates": "recipe",
        "periods": periods,
        "left_out": ["Evaluation set 7 (2026-03-01) is no new period."],
        "hindsight": 1,
        "level": 0.95,
        "policies": policies,
        "advice": Advice(kind="too_short", sentences=["The past is too short to tell."], more=4),
    }
    return Report(**made | changes)


def make_played(words, *, promoted, flip="", **changes):
    """One policy's two decisions, of which the second is judged by hindsight."""
    first = Step(period=1, promoted=True, verdict="no live version", regret=None, flip="")
    second = Step(period=2, promoted=promoted, verdict="better", regret=0.25, flip=flip)
    made = {
        "words": words,
        "settings": {},
        "is_current": False,
        "is_recommended": False,
        "steps": [first, second],
        "promotions": 1 + promoted,
        "served": 0.75,
        "regret": Estimate(mean=0.25, low=None, high=None),
        "false_flips": Share(count=1, total=1, low=0.025, high=1.0) if flip == "false" else NONE,
        "missed_flips": NONE,
        "behind": None,
    }
    return Played(**made | changes)
