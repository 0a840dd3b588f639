"""The same forest behind django-bolt: HTTP in Rust in front of Django, the row checked by msgspec."""

from django_bolt import BoltAPI

from benchmarks.services.onnx_row import Row, name, species_of

api = BoltAPI()


@api.post("/predict")
async def predict(row: Row) -> dict[str, object]:
    """Name the species of one flower."""
    return {"species": species_of(row), "model": name}
