"""Other servers of the same forest, each in an environment of its own."""

from benchmarks.rivals.base import Rival
from benchmarks.rivals.bentoml import BENTOML
from benchmarks.rivals.bolt import BOLT
from benchmarks.rivals.fastapi import FASTAPI_JOBLIB, FASTAPI_ONNX
from benchmarks.rivals.mlserver import MLSERVER

RIVALS: tuple[Rival, ...] = (FASTAPI_JOBLIB, MLSERVER, BENTOML, FASTAPI_ONNX, BOLT)
