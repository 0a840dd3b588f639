"""The order of samples."""

from benchmarks.rounds import interleaved


def test_samples_are_taken_in_turn():
    taken, told = [], []

    def sample(name):
        taken.append(name)
        return len(taken)

    ways = {name: lambda name=name: sample(name) for name in "AB"}
    assert interleaved(ways, rounds=3, tell=told.append) == {"A": [1, 3, 5], "B": [2, 4, 6]}
    assert taken == list("ABABAB")
    assert told[-1] == "round 3 of 3: B"
