"""The one panel that `make run` shows, once the web tier answers. Needs no Django: it starts at once."""

import sys
import time

import urllib3
from rich.console import Console
from rich.panel import Panel
from rich.table import Table

SECONDS = 60


def main() -> None:
    """Wait for the web tier at the first argument; show it with the login, the second."""
    url, login = sys.argv[1:]
    console = Console(soft_wrap=True)
    if answers(url):
        console.print(panel(url, login))
    else:
        console.print(f"{url} does not answer. See the lines of web.1 above for the reason.")


def answers(url: str) -> bool:
    """Whether the web tier is ready within a minute."""
    pool = urllib3.PoolManager(timeout=2, retries=False)
    deadline = time.monotonic() + SECONDS
    while time.monotonic() < deadline:
        try:
            if pool.request("GET", f"{url}/health/ready").status == 200:
                return True
        except urllib3.exceptions.HTTPError:
            pass  # it is still starting
        time.sleep(0.05)
    return False


def panel(url: str, login: str) -> Panel:
    """Where everything is."""
    rows = Table.grid(padding=(0, 2))
    rows.add_row("Predictions", f"POST {url}/predict")
    rows.add_row("API docs", f"{url}/docs")
    rows.add_row("Admin", f"{url}/admin/")
    rows.add_row("Login", login)
    rows.add_row("Live model", f"{url}/current_model")
    return Panel(rows, title="Models in delivery", subtitle="Ctrl-C stops everything", expand=False)


if __name__ == "__main__":
    main()
