"""`manage.py create_token <user>`: make an API token and print it, once."""

from datetime import timedelta
from typing import Any

from django.apps import apps
from django.core.management.base import CommandError, CommandParser

from predictions.conf import MAX_TOKEN_DAYS, config, setting_name
from predictions.management.examples import WithExamples
from predictions.models.people.accounts import named

WITHOUT_KNOX = (
    "INSTALLED_APPS: tokens with an expiry date need knox. Install django-rest-knox, add knox, and migrate. "
    "The tokens of rest_framework.authtoken are made by manage.py drf_create_token."
)


class Command(WithExamples):
    """Only the token goes to standard output, so that a script can take it."""

    help = "Create an API token for a user and print it once; only its hash is stored."
    examples = (
        "create_token ann",
        "create_token ann --days 30",
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("username", help="What the user signs in with, such as an e-mail address.")
        help_of_days = f"For how many days it is valid. Default: {setting_name('TOKEN_DAYS')}."
        parser.add_argument("--days", type=int, default=config.TOKEN_DAYS, help=help_of_days)

    def handle(self, *args: Any, **options: Any) -> None:
        if not apps.is_installed("knox"):
            raise CommandError(WITHOUT_KNOX)
        from knox.models import get_token_model  # its tables are there only where it is installed

        user = named(options["username"])
        if user is None:
            raise CommandError(
                f"There is no user {options['username']}. Create one with manage.py createsuperuser."
            )
        if not 1 <= options["days"] <= MAX_TOKEN_DAYS:
            raise CommandError(f"--days must be between 1 and {MAX_TOKEN_DAYS}.")
        _, token = get_token_model().objects.create(user, expiry=timedelta(days=options["days"]))
        self.stdout.write(token)
