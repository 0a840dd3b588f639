"""Datasets: registered as files, read as data frames.

pandas is imported inside the functions: the web tier imports this module's neighbours.
"""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from predictions import artefacts
from predictions.models import Dataset, RegisteredModel
from predictions.signature import SignatureSpec

if TYPE_CHECKING:
    import pandas as pd


class DatasetInvalid(Exception):
    """The file is not a table with the signature's columns."""


def register(*, registered_model: RegisteredModel, role: str, content: bytes) -> Dataset:
    """Store a CSV file and its row; a file that is known already keeps its row.

    Raises `DatasetInvalid` where it holds no rows.
    """
    sha256 = artefacts.sha256_of(content)
    known = registered_model.datasets.filter(role=role, sha256=sha256).first()
    if known:
        return known
    rows = len(_read_csv(content))
    if not rows:
        raise DatasetInvalid(f"The {role} file of {registered_model} has no rows.")
    path = artefacts.store(content, folder=f"datasets/{registered_model.name}", filename=f"{role}.csv")
    return Dataset.objects.create(
        registered_model=registered_model, role=role, file=path, sha256=sha256, rows=rows
    )


def read_frame(dataset: Dataset, spec: SignatureSpec) -> pd.DataFrame:
    """Return the features in the signature's order, then the output column.

    Numbers are float64 whatever the file says, and what is no number is missing (NaN): the data
    quality check counts it. Raises `ArtefactMissing`, `ArtefactCorrupt` or `DatasetInvalid`.
    """
    import pandas as pd

    table = _read_csv(artefacts.read(dataset.file, sha256=dataset.sha256))
    wanted = [feature.name for feature in spec.features] + [spec.output_name]
    absent = [name for name in wanted if name not in table.columns]
    if absent:
        raise DatasetInvalid(f"{dataset} lacks the columns: {', '.join(absent)}")
    table = table[wanted]
    for feature in spec.features:
        if feature.kind.is_number:
            table[feature.name] = pd.to_numeric(table[feature.name], errors="coerce").astype("float64")
        else:
            table[feature.name] = table[feature.name].astype("object")
    return table


def _read_csv(content: bytes) -> pd.DataFrame:
    import pandas as pd

    try:
        return pd.read_csv(io.BytesIO(content))
    except (ValueError, UnicodeDecodeError) as error:
        raise DatasetInvalid(f"not a CSV file: {error}") from error
