"""What a run does here: start a process that would outlive it, wait a little, flip what is live."""

import random
import subprocess
import sys
import time

from predictions.conf import config
from predictions.models import ModelVersion
from predictions.models.promotion import live_promotion
from scheduling.engine import limited_process
from scheduling.evidence.outcomes import Decision
from scheduling.judging.judge import conclude, note
from scheduling.tests.chaos import record


def run(run):
    """Flip to the version that is not live, by the real transaction."""
    record.write("begun", run.pk)
    argv = [sys.executable, "-c", "import time; time.sleep(600)"]
    server = subprocess.Popen(limited_process.command(memory_mb=config.CHILD_MEMORY_MB, argv=argv))
    run.registered_model.lift_hold(by="chaos", reason="A roll back holds the model.")
    live = live_promotion(run.registered_model)
    candidate = ModelVersion.objects.exclude(pk=live.version_id).first()
    note(run, step="pretending", candidate=candidate, champion=live.version)
    chance = random.Random(run.pk)
    time.sleep(chance.uniform(0.1, 0.8))
    kind = chance.choice(["promoted", "kept"])  # what was flipped is to be looked at before the next flip
    decision = Decision(kind=kind, reason="It is the other one.")
    conclude(run, decision, candidate=candidate, replacing=live)
    server.kill()
