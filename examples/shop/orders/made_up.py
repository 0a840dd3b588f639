"""Made-up orders, whose customers change: from July on it is what comes late that is returned."""

import random
from collections.abc import Iterator
from datetime import datetime, timedelta
from math import exp
from typing import Any

PRODUCTS = {
    "Running shoes": ("shoes", "89.90"), "Boots": ("shoes", "129.00"), "Coat": ("clothes", "199.00"),
    "Shirt": ("clothes", "39.00"), "Novel": ("books", "14.00"), "Atlas": ("books", "49.00"),
    "Spade": ("garden", "29.50"), "Seeds": ("garden", "3.20"),
}  # fmt: skip
OFTEN = {"shoes": 1.2, "clothes": 0.6, "books": -1.6, "garden": -1.0}
YEAR = timedelta(days=365)
CHANGE = 0.5  # of the year


def made_up(number: int, *, start: datetime, seed: int) -> Iterator[dict[str, Any]]:
    """Yield so many orders of the year that begins at `start`, the oldest first; `product` is a name."""
    chance = random.Random(seed)
    for moment in sorted(chance.random() for _ in range(number)):
        product = chance.choice(list(PRODUCTS))
        order = {
            "product": product, "placed_at": start + moment * YEAR,
            "quantity": chance.choice([1, 1, 1, 2, 3]),
            "discount": chance.choice([0, 0, 10, 20, 50]),
            "delivery_days": None if chance.random() < 0.05 else chance.randint(1, 14),
            "payment": chance.choice(["card", "invoice", "prepaid"]),
        }  # fmt: skip
        yield order | {"returned": chance.random() < 1 / (1 + exp(-_odds(order, moment)))}


def _odds(order: dict[str, Any], moment: float) -> float:
    """Return the log odds that an order is returned."""
    days = order["delivery_days"] or 4
    late = 0.5 * (days - 7) if moment >= CHANGE else 0.05 * (days - 7)
    invoice = 1.5 if order["payment"] == "invoice" else -0.5
    likes = OFTEN[PRODUCTS[order["product"]][0]]
    return 1.5 * likes + late + invoice - 0.02 * order["discount"] + 0.3 * (order["quantity"] - 1)
