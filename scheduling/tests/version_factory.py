"""Registered versions that tests need beside `weak` and `strong`."""

from conftest import register
from predictions.models.promotion import live_promotion
from predictions.registry.promotion import Approval, promote


def make_twin(model, forests, *, of="strong", name="rf-24-twin"):
    """Another version that answers exactly as one of `forests` does: its file has a byte more."""
    artefact, compiled = forests[of]
    return register(model, (artefact + b"\0", compiled), name=name, source="trained")


def make_live(version):
    """Make the version live on a person's word; return the row of the ledger."""
    replacing = live_promotion(version.registered_model)
    return promote(version=version, replacing=replacing, approval=Approval(by="a test", reason="because"))
