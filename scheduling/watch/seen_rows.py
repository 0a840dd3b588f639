"""Which rows were asked before, as bits: a row that a caller repeats is one row.

A Bloom filter: of a row that is new it says "seen" in at most 3 of 100 cases, never the other way round. When
it is full it begins anew.
"""

import base64
import hashlib
from collections.abc import Iterable
from typing import Any, Self

import msgspec
from django.conf import settings

BITS = 2**14
PLACES = 3  # of a row
MOST_ROWS = 2000


class SeenRows(msgspec.Struct, frozen=True, kw_only=True):
    """The bits, and how many rows they stand for."""

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
