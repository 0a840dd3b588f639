"""What is sent again by itself: only what cannot happen twice."""

from urllib3 import Retry

BUSY = (429, 502, 504)  # and 503 with Retry-After
LONGEST_PAUSE = 10  # seconds; a server that wants a longer pause is told to the caller

# Sending it twice does no more than sending it once: it reads, or it carries an Idempotency-Key.
REPEATABLE = Retry(
    total=4, connect=3, read=3, status=3, redirect=0, backoff_factor=0.3, allowed_methods=None,
    status_forcelist=BUSY, retry_after_max=LONGEST_PAUSE, raise_on_status=False, raise_on_redirect=False,
)  # fmt: skip
# Only what surely never arrived, or was turned away, is sent again.
ONCE = REPEATABLE.new(read=0, other=0, status_forcelist=(429,))
