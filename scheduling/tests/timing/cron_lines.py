"""Cron lines as people write them, well and badly, drawn at random."""

MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
WEEKDAYS = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"]
FIELDS = [(0, 59, []), (0, 23, []), (1, 31, []), (1, 12, MONTHS), (0, 7, WEEKDAYS)]


def make_line(random):
    """Five fields; half of them `*`."""
    return " ".join("*" if random.random() < 0.5 else _field(random, *field) for field in FIELDS)


def _field(random, low, high, names):
    return ",".join(_term(random, low, high, names) for _ in range(random.choice([1, 1, 1, 2, 3])))


def _term(random, low, high, names):
    def value():
        if names and random.random() < 0.5:
            name = random.choice(names)
            return random.choice([name, name.upper(), name.title()])
        return str(random.randint(low, high + (random.random() < 0.02)))

    shape = random.choice(["value", "value", "range", "star", "special"])
    if shape == "special":
        odd = ["L", "LW", "?", f"{value()}L", f"{value()}#{random.randint(1, 6)}", "", "@daily", "1W"]
        return random.choice(odd) if high in (31, 7) else value()
    written = {"value": value(), "star": "*", "range": f"{value()}-{value()}"}[shape]
    return f"{written}/{random.randint(0, high + 2)}" if random.random() < 0.4 else written
