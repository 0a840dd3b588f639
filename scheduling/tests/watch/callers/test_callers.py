"""Callers are dealt to voices: the largest to groups of their own, none by name, and the same for good."""

import json

import msgspec
from django.test import SimpleTestCase

from scheduling.watch.callers import ANONYMOUS, GROUPS, MOST, Callers


class CallerTests(SimpleTestCase):
    """Pure: names and numbers of requests."""

    def test_without_a_token_all_are_one(self):
        callers = Callers().with_more({"": 1000})
        self.assertEqual((callers.voice_of(""), callers.groups), (ANONYMOUS, {}))

    def test_any_three_callers_are_in_different_groups(self):
        callers = Callers().with_more({"ann": 9000, "ben": 1, "cy": 0, "": 5})
        self.assertEqual({callers.voice_of(who) for who in ("ann", "ben", "cy")}, set(GROUPS))

    def test_the_groups_are_about_as_large(self):
        requests = {f"caller-{n}": 1000 // (n + 1) for n in range(50)}
        callers = Callers().with_more(requests)
        sizes = [sum(requests[who] for who in of) for of in callers.by_voice(requests).values()]
        self.assertLess(max(sizes) / min(sizes), 1.1)

    def test_who_comes_later_goes_where_there_is_least_and_nobody_moves(self):
        callers = Callers().with_more({"ann": 100, "ben": 10})
        later = callers.with_more({"cy": 5, "dora": 3, "ann": 0})
        self.assertNotIn(later.voice_of("cy"), {callers.voice_of("ann"), callers.voice_of("ben")})
        self.assertEqual(later.voice_of("dora"), later.voice_of("cy"))
        self.assertEqual(later.voice_of("ann"), callers.voice_of("ann"))

    def test_no_name_is_kept(self):
        callers = Callers().with_more({"ann@example.org": 1})
        kept = json.dumps(msgspec.to_builtins(callers))
        self.assertNotIn("ann", kept)
        self.assertEqual(msgspec.convert(json.loads(kept), Callers), callers)

    def test_of_very_many_the_rest_has_a_group_by_its_name(self):
        callers = Callers().with_more({f"caller-{n}": 1 for n in range(MOST + 5)})
        self.assertEqual(len(callers.groups), MOST)
        self.assertIn(callers.voice_of("somebody else"), GROUPS)
