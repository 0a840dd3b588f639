"""`delivery status`: the models of a server in a terminal, or as JSON for programs."""

import argparse
import json
import sys
from collections.abc import Sequence

from rich.console import Console

from model_delivery.delivery import Delivery
from model_delivery.errors import DeliveryError


def main(arguments: Sequence[str] | None = None) -> int:
    """Return 0, or 1 with a sentence on standard error."""
    given = _parser().parse_args(arguments)
    try:
        found = Delivery(given.url, quiet=True).status()
    except DeliveryError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    if given.json:
        sys.stdout.write(json.dumps(found.as_json(), indent=2) + "\n")
    else:
        Console().print(found)
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="delivery", description="Look at the models of a server.")
    commands = parser.add_subparsers(dest="command", required=True)
    shown = commands.add_parser("status", help="what is live of each model, since when, and its last verdict")
    shown.add_argument(
        "--url", help="the server; else MODEL_DELIVERY_URL. The token is in MODEL_DELIVERY_TOKEN"
    )
    shown.add_argument("--json", action="store_true", help="for programs")
    return parser
