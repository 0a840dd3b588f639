"""Who calls, as the watch counts it, and which rows were asked before.

Callers without a token are one voice, the others three. A voice is the most that one caller can spoil.
"""

import base64
import hashlib
from collections.abc import Iterable, Mapping
from typing import Any, Self

import msgspec
from django.conf import settings
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


BITS = 2**14
PLACES = 3  # of a row
MOST_ROWS = 2000


class SeenRows(msgspec.Struct, frozen=True, kw_only=True):
    """Which rows were asked before, as a Bloom filter: a row that a caller repeats is one row.

    Of a row that is new it says "seen" in at most 3 of 100 cases; never the reverse. It is emptied when full.
    """

    bits: str = ""  # in base64
    rows: int = 0

    def fresh(self, keys: Iterable[Any]) -> tuple[list[bool], Self]:
        """Whether each key is new, and what is known with them. Keys are what JSON can say."""
        bits = bytearray(base64.b64decode(self.bits)) if self.rows < MOST_ROWS else bytearray()
        rows = self.rows if bits else 0
        bits = bits or bytearray(BITS // 8)
        found = []
        for key in keys:
            places = _places(key)
            new = not all(bits[place // 8] >> place % 8 & 1 for place in places)
            for place in places:
                bits[place // 8] |= 1 << place % 8
            rows += new
            found.append(new)
        return found, msgspec.structs.replace(self, bits=base64.b64encode(bits).decode(), rows=rows)


def _places(key: Any) -> list[int]:
    """Keyed: who reads the bits cannot try rows on them."""
    secret = hashlib.sha256(str(settings.SECRET_KEY).encode()).digest()
    content = msgspec.json.encode(key, order="deterministic")
    digest = hashlib.blake2b(content, key=secret, digest_size=2 * PLACES).digest()
    return [int.from_bytes(digest[i : i + 2]) % BITS for i in range(0, 2 * PLACES, 2)]
