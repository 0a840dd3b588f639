"""How much worse a slice must be to be seen: by simulation."""

import math

import numpy as np
import pytest

from scheduling.statistics.max_t import visible_loss

CRITICAL = 1.645  # one slice, alpha .05


def power(rows, draw):
    """How often z of so many rows' losses is past the critical value."""
    chance = np.random.default_rng(1)
    losses = draw(chance, (4000, rows))
    z = losses.sum(1) / np.sqrt((losses**2).sum(1).clip(1e-12))
    return float((z >= CRITICAL).mean())


@pytest.mark.parametrize("rows", [100, 500, 2000])
def test_a_loss_of_this_size_is_found_in_four_of_five_cases_of_labels(rows):
    loss = visible_loss(rows, 0.08, critical=CRITICAL, labels=True)
    shares = [0.04 + loss, 0.04, 1 - 0.08 - loss]
    assert power(rows, lambda c, size: c.choice([1.0, -1.0, 0.0], size, p=shares)) == pytest.approx(
        0.8, abs=0.06
    )


@pytest.mark.parametrize("rows", [50, 500])
def test_and_of_losses(rows):
    loss = visible_loss(rows, 0.25, critical=CRITICAL, labels=False)
    assert power(rows, lambda c, size: c.normal(loss, 0.5, size)) == pytest.approx(0.8, abs=0.05)


def test_few_rows_show_nothing():
    assert visible_loss(5, 0.08, critical=2.5, labels=True) == 1.0
    assert visible_loss(5, 0.08, critical=2.5, labels=False) == math.inf
