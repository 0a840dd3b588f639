"""Who calls, as the watch counts it: all without a token are one voice, those with one are dealt to three.

A voice is the most that one caller can spoil. So a rule acts only on what holds whichever voice is left out.
"""

from collections.abc import Iterable, Mapping
from typing import Self

import msgspec
from django.utils.crypto import salted_hmac

ANONYMOUS = "no token"
GROUPS = ("group 1", "group 2", "group 3")  # of callers with a token
VOICES = (ANONYMOUS, *GROUPS)
MOST = 500  # callers whose group is remembered; later ones have theirs by their name


class Callers(msgspec.Struct, frozen=True, kw_only=True):
    """Which caller is in which group. Names are kept as codes: anybody can read the evidence of a watch."""

    groups: dict[str, str] = {}
    sizes: dict[str, int] = {}  # requests by group, when their callers were dealt out

    def voice_of(self, who: str) -> str:
        """The voice that a caller, known to `with_more`, is part of."""
        code = _code(who)
        return self.groups.get(code, GROUPS[int(code, 16) % len(GROUPS)]) if who else ANONYMOUS

    def with_more(self, requests: Mapping[str, int]) -> Self:
        """Deal out new callers, the largest first, each to the group that has the fewest requests so far."""
        groups, sizes = dict(self.groups), dict.fromkeys(GROUPS, 0) | self.sizes
        for who, number in sorted(requests.items(), key=lambda item: (-item[1], item[0])):
            if who and _code(who) not in groups and len(groups) < MOST:
                group = min(GROUPS, key=lambda name: sizes[name])
                groups[_code(who)] = group
                sizes[group] += max(number, 1)
        return msgspec.structs.replace(self, groups=groups, sizes=sizes)

    def by_voice(self, callers: Iterable[str]) -> dict[str, list[str]]:
        voices: dict[str, list[str]] = {}
        for who in sorted(callers):
            voices.setdefault(self.voice_of(who), []).append(who)
        return voices


def _code(who: str) -> str:
    return salted_hmac("scheduling.watch.callers", who).hexdigest()[:12]
