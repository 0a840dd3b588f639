"""`manage.py create_token <user>`: make an API token and print it, once."""

from datetime import timedelta
from typing import Any

from django.contrib.auth import get_user_model
from django.core.management.base import CommandError, CommandParser
from knox.models import get_token_model

from predictions.conf import MAX_TOKEN_DAYS, config
from predictions.management.examples import WithExamples


class Command(WithExamples):
    """Only the token goes to standard output, so that a script can take it."""

    help = "Create an API token for a user and print it once; only its hash is stored."
    examples = (
        "create_token ann",
        "create_token ann --days 30",
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("username", help="Who will act by the token.")
        help_of_days = "For how many days it is valid. Default: TOKEN_DAYS."
        parser.add_argument("--days", type=int, default=config.TOKEN_DAYS, help=help_of_days)

    def handle(self, *args: Any, **options: Any) -> None:
        user = get_user_model().objects.filter(username=options["username"]).first()
        if user is None:
            raise CommandError(
                f"There is no user {options['username']}. Create one with manage.py createsuperuser."
            )
        if not 1 <= options["days"] <= MAX_TOKEN_DAYS:
            raise CommandError(f"--days must be between 1 and {MAX_TOKEN_DAYS}.")
        _, token = get_token_model().objects.create(user, expiry=timedelta(days=options["days"]))
        self.stdout.write(token)
