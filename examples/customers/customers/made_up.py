"""A made-up year of customers, whose habits change: what is learnt in spring is wrong by autumn."""

from datetime import datetime, timedelta

import numpy as np

PLANS, COUNTRIES = ("basic", "family", "studio"), ("AT", "CH", "DE", "FR", "IT")
YEAR = timedelta(days=365)
PRICE_RISE = 0.5  # of the year: from then on it is the basic plan that people cancel


def made_up(number: int, *, start: datetime, seed: int, first: float = 0.0, last: float = 1.0) -> list[dict]:
    """Return so many customers between two moments of the year that begins at `start`, oldest first."""
    chance = np.random.default_rng(seed)
    moments = np.sort(chance.uniform(first, last, number))
    plans, countries = chance.integers(0, 3, number), chance.integers(0, 5, number)
    minutes, calls = chance.gamma(2.0, 30.0, number), chance.poisson(1.2, number)
    ages = chance.integers(18, 80, number)
    risen = moments >= PRICE_RISE
    odds = 0.9 * calls - 0.035 * minutes + _of_plan(plans, risen) + 0.4 * (countries == 1)
    cancelled = chance.random(number) < 1 / (1 + np.exp(-odds))
    unknown = chance.random(number) < 0.1
    return [
        {
            "signed_up_at": start + float(moment) * YEAR, "plan": PLANS[plan], "country": COUNTRIES[country],
            "age": None if gap else int(age), "minutes_used": round(float(used), 1),
            "support_calls": int(called), "cancelled": bool(left),
        }
        for moment, plan, country, age, gap, used, called, left in zip(
            moments, plans, countries, ages, unknown, minutes, calls, cancelled, strict=True
        )
    ]  # fmt: skip


def _of_plan(plans: np.ndarray, risen: np.ndarray) -> np.ndarray:
    """Return what the plan adds to the log odds of cancelling, before and after the price rise."""
    return np.where(risen, np.array([2.5, -0.5, -1.0])[plans], np.array([-1.0, 0.0, 1.5])[plans])
