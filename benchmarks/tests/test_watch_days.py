"""The simulated days of the watch, a few of each: what benchmarks/GATE.md tells in numbers stays so."""

import numpy as np
import pytest
from scipy import stats

from benchmarks.gate.watch import DAYS_WITHOUT, FAULTS, FAULTS_OF_ALL, INSTALLATIONS
from benchmarks.gate.watch_days import ALPHA
from scheduling.watch.rules.base import RULES

DAYS = 4


@pytest.mark.parametrize("name", DAYS_WITHOUT)
def test_a_day_on_which_nothing_got_worse_is_seldom_rolled_back(name):
    chance = np.random.default_rng(21)
    plays = [play for play in DAYS_WITHOUT[name] if play]
    found = sum(play(chance) is not None for play in plays for _ in range(DAYS))
    assert found <= stats.binom.ppf(0.999, DAYS * len(plays), ALPHA / RULES)


@pytest.mark.parametrize(
    "name", ["every request fails", "10 % fail", "40 % moved, 45 evaluation rows", "values .3 lower"]
)
def test_a_fault_that_several_see_is_found_and_without_tokens_it_is_told(name):
    def found(installation):
        who, trusted = INSTALLATIONS[installation], "trusted" in installation
        return [FAULTS[name](np.random.default_rng(seed), who, trusted=trusted) for seed in range(DAYS)]

    assert None not in found("several")
    assert None not in found("no token, trusted")
    assert found("no token") == [None] * DAYS


@pytest.mark.parametrize("name", ["latency x 2", "loss +.1 a row", "every request fails, of those"])
def test_a_fault_is_found_whoever_asks(name):
    assert None not in [FAULTS_OF_ALL[name](np.random.default_rng(seed)) for seed in range(DAYS)]
