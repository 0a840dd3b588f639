"""What a version is made of, in a word, and how large its file is."""

from predictions.conf import config
from predictions.models import ModelVersion

PIPELINE = "Pipeline"


def estimator_of(version: ModelVersion) -> str:
    """Return the name of the class that predicts: of a pipeline, that of its last step."""
    name = version.estimator.rpartition(".")[2]
    steps = version.params.get("steps")
    if name != PIPELINE or not isinstance(steps, str):
        return name
    # The parameters of a pipeline hold each step under its name, in no order; `steps` has them in order.
    places = {key: steps.rfind(f"('{key}', ") for key in version.params}
    last = max(places, key=lambda key: places[key])
    if places[last] < 0:
        return name
    return str(version.params[last]).partition("(")[0].rpartition(".")[2]


def size_of(version: ModelVersion, *, served: bool = False) -> int | None:
    """Return the bytes of the file as it was trained, or of the one that is served; None where it is gone."""
    name = version.served_form if served else version.artefact
    try:
        return (config.MEDIA_ROOT / name).stat().st_size
    except OSError:
        return None
