"""What `manage.py check` says of subscriptions."""

from django.core.checks import CheckMessage, Warning

from predictions.system_checks.asking import asks_our_database
from scheduling.models import Subscription
from scheduling.notifications.sealing import can_read


@asks_our_database
def check_sealed() -> list[CheckMessage]:
    """Say where URLs and secrets were encrypted with another key."""
    sealed = Subscription.objects.exclude(sealed_url="").values_list("pk", "sealed_url")
    lost = [str(pk) for pk, url in sealed if not can_read(url)]
    if not lost:
        return []
    message = f"SECRET_KEY has changed: nothing can be sent to the subscriptions {', '.join(lost)}."
    hint = "Put the old key into SECRET_KEY_FALLBACKS, or enter the URLs of these subscriptions again."
    return [Warning(message, hint=hint, id="scheduling.W007")]
