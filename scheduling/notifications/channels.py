"""How a message is sent through each channel."""

from collections.abc import Callable

from django.conf import settings
from django.core.mail import EmailMessage
from django.utils import timezone

from predictions.conf import config
from predictions.models.people.accounts import address_of
from scheduling.models import Delivery, Subscription
from scheduling.notifications.messages import slack_body, subject_of, text_of, webhook_body
from scheduling.notifications.posting import NotSent, post
from scheduling.notifications.sealing import SealedOtherwise, unseal
from scheduling.notifications.signing import signed_headers


def by_email(delivery: Delivery) -> None:
    """Send it by the mail server of the settings. Raises `NotSent`, as the others do."""
    subscription, notice = delivery.subscription, delivery.notice
    to = subscription.address or address_of(subscription.person)
    if not to:
        raise NotSent(f"the account of {subscription.person} has no e-mail address", final=True)
    if not settings.EMAIL_HOST:
        raise NotSent("the setting EMAIL_HOST is empty, so no e-mail can be sent")
    headers = {"Message-ID": f"<{delivery.pk}@{config.SITE_URL.split('/')[2]}>"}  # the same in each attempt
    try:
        EmailMessage(subject_of(notice), text_of(notice), to=[to], headers=headers).send()
    except (OSError, ValueError) as error:  # what smtplib raises is an OSError
        raise NotSent(f"the mail server did not take it ({type(error).__name__})") from None


def by_webhook(delivery: Delivery) -> None:
    """Send it signed with the secret of the subscription."""
    body, seconds = webhook_body(delivery), int(timezone.now().timestamp())
    secret = _read(delivery.subscription.sealed_secret)
    headers = signed_headers(body, id=f"msg_{delivery.pk.hex}", seconds=seconds, secret=secret)
    post(_read(delivery.subscription.sealed_url), body, headers)


def by_slack(delivery: Delivery) -> None:
    """Send it as the incoming webhooks of Slack take it; Mattermost and others do too."""
    post(_read(delivery.subscription.sealed_url), slack_body(delivery), {})


def _read(sealed: str) -> str:
    """Raise `NotSent` where it cannot be read; the next attempt may find the key in its place again."""
    try:
        return unseal(sealed)
    except SealedOtherwise:
        raise NotSent(
            "its URL was encrypted with another SECRET_KEY: put that key into SECRET_KEY_FALLBACKS, or enter "
            "the URL in the subscription again"
        ) from None


Channel = Subscription.Channel
SEND: dict[str, Callable[[Delivery], None]] = {
    Channel.EMAIL: by_email,
    Channel.WEBHOOK: by_webhook,
    Channel.SLACK: by_slack,
}
