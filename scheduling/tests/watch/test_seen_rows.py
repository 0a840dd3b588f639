"""A row that a caller repeats is one row."""

import msgspec
from django.test import SimpleTestCase

from scheduling.watch.callers import MOST_ROWS, SeenRows


class SeenRowsTests(SimpleTestCase):
    """Keys are a caller and its inputs."""

    def test_a_repeated_key_is_new_once(self):
        new, seen = SeenRows().fresh(
            [["ann", {"a": 1, "b": 2}], ["ann", {"b": 2, "a": 1}], ["ben", {"a": 1, "b": 2}]]
        )
        self.assertEqual((new, seen.rows), ([True, False, True], 2))
        self.assertEqual(seen.fresh([["ann", {"a": 1, "b": 2}], ["ann", {"a": 2}]])[0], [False, True])

    def test_new_keys_are_seldom_taken_for_old_ones(self):
        seen = SeenRows()
        for start in range(0, MOST_ROWS, 100):
            _, seen = seen.fresh(["ann", n] for n in range(start, start + 100))
        self.assertGreater(seen.rows, MOST_ROWS * 0.98)

    def test_full_it_begins_anew(self):
        _, seen = SeenRows(bits=SeenRows().fresh([1])[1].bits, rows=MOST_ROWS).fresh([2])
        self.assertEqual(seen, SeenRows().fresh([2])[1])

    def test_it_survives_json_and_is_small(self):
        _, seen = SeenRows().fresh(range(100))
        content = msgspec.json.encode(seen)
        self.assertLess(len(content), 3000)
        self.assertEqual(msgspec.json.decode(content, type=SeenRows), seen)

    def test_who_reads_the_bits_cannot_try_rows_on_them(self):
        with self.settings(SECRET_KEY="one"):
            bits = SeenRows().fresh([["ann", {"a": 1}]])[1].bits
        with self.settings(SECRET_KEY="another"):
            self.assertNotEqual(SeenRows().fresh([["ann", {"a": 1}]])[1].bits, bits)
