"""What a subscription keeps of its receiver: the host for people to read, URL and secret sealed."""

from urllib.parse import urlsplit

from scheduling.models import Subscription
from scheduling.notifications.sealing import can_read, seal
from scheduling.notifications.signing import new_secret

Channel = Subscription.Channel


def keep_receiver(subscription: Subscription, *, url: str, anew: bool = False) -> str:
    """Seal the URL, if there is another, and drop what the channel does not need.

    Return the secret where one was made: for a webhook without a readable one, or that asks for it `anew`.
    """
    if url:
        subscription.address, subscription.sealed_url = host_of(url), seal(url)
    if subscription.channel == Channel.EMAIL:
        subscription.sealed_url = ""
    if subscription.channel != Channel.WEBHOOK:
        subscription.sealed_secret = ""
    elif anew or not can_read(subscription.sealed_secret):
        secret = new_secret()
        subscription.sealed_secret = seal(secret)
        return secret
    return ""


def host_of(url: str) -> str:
    """Return the part of a URL that is no secret."""
    return urlsplit(url).netloc
