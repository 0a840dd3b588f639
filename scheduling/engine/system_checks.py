"""What `manage.py check` says of the scheduler and of the hosts that work together."""

from django.core.checks import CheckMessage, Warning

from predictions import database
from predictions.conf import config, setting_name
from predictions.models import Worker
from predictions.system_checks.asking import asks_our_database
from scheduling.engine.leading import led_by
from scheduling.engine.scheduler_state import REMEDY, scheduler_state
from scheduling.models import Lease


@asks_our_database
def check_scheduler() -> list[CheckMessage]:
    """Say where nobody leads: a lease lasts `LEASE_SECONDS`, and a minute is allowed for."""
    state = scheduler_state()
    if state.running or (state.last_seen_seconds is not None and state.last_seen_seconds < 60):
        return []
    message = "No scheduler has been seen for a minute: no schedule fires and no run starts."
    return [Warning(message, hint=REMEDY, id="scheduling.W004")]


@asks_our_database
def check_media_is_shared() -> list[CheckMessage]:
    """Compare the sign that the leader left in its media folder with the one in ours."""
    lease = Lease.objects.held().first()
    if lease is None or led_by() == lease.owner:
        return []
    message = f"{lease.host} leads, but its folder of files is not {config.MEDIA_ROOT} of this host."
    hint = f"Mount one folder, and set {setting_name('MEDIA_ROOT')} to it for web tier and scheduler alike."
    return [Warning(message, hint=hint, id="scheduling.W005")]


@asks_our_database
def check_sqlite() -> list[CheckMessage]:
    """Say where several hosts share a file of SQLite, which locks safely on one machine only."""
    hosts = {*Worker.objects.alive().values_list("host", flat=True)}
    hosts |= {lease.host for lease in Lease.objects.held()}
    if database.connection().vendor != "sqlite" or len(hosts) < 2:
        return []
    message = f"The database is SQLite, but several hosts use it: {', '.join(sorted(hosts))}."
    hint = (
        "Use PostgreSQL. Containers of one machine on one volume may put this id into SILENCED_SYSTEM_CHECKS."
    )
    return [Warning(message, hint=hint, id="scheduling.W006")]
