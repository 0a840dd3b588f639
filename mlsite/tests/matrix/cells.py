"""What is run: the combinations of versions, and the tests that touch what changes between them."""

from dataclasses import dataclass

OLDEST = "oldest"  # of every package, not of scikit-learn alone
DATABASES = ("SQLite", "PostgreSQL")
TESTS = (
    *(f"predictions/tests/{room}" for room in ("admin", "lane", "models", "registry", "serving")),
    *(
        f"predictions/tests/api/predicting/test_{name}.py"
        for name in ("contract", "kinds_served", "model_predict")
    ),
    *(f"predictions/tests/api/{name}.py" for name in ("test_api_promote", "our_schema/test_openapi")),
    "predictions/tests/api/open_inference/test_v2_infer.py",
    *(f"scheduling/tests/{room}" for room in ("admin", "judging", "search", "training")),
    *(f"scheduling/tests/uploads/{name}.py" for name in ("test_opening", "sandbox/test_sandbox")),
    *(f"scheduling/tests/uploads/formats/test_{name}.py" for name in ("kinds", "onnx_files")),
    *(f"mlsite/tests/every_path/test_{name}.py" for name in ("access", "error_pages", "queries")),
    *(f"mlsite/tests/deployment/test_{name}.py" for name in ("database", "static_files")),
    *(f"mlsite/tests/web_tier/test_{name}.py" for name in ("middleware", "web_process")),
)


@dataclass(frozen=True, kw_only=True)
class Cell:
    """One environment: `sklearn` is a series, or `OLDEST`, for the lowest that the package allows of all."""

    python: str
    django: str
    sklearn: str

    @property
    def name(self) -> str:
        return f"python{self.python}-django{self.django}-sklearn{self.sklearn}"


CELLS = (
    Cell(python="3.11", django="5.2", sklearn=OLDEST),
    Cell(python="3.11", django="5.2", sklearn="1.9"),
    Cell(python="3.12", django="5.2", sklearn="1.8"),
    Cell(python="3.12", django="6.0", sklearn="1.7"),
    Cell(python="3.13", django="5.2", sklearn="1.9"),
    Cell(python="3.13", django="6.0", sklearn="1.9"),
)
