"""Fixtures of all tests: a media folder of one's own, the Iris demo's rows, and fitted forests."""

import io
import json
from pathlib import Path

import pytest

FIXTURES = Path(__file__).parent / "fixtures" / "iris"


def pytest_configure(config):
    """The test client speaks plain HTTP, and settings are read before this file."""
    from django.conf import settings

    if settings.HTTPS:
        raise pytest.UsageError("Run the tests with HTTPS=false in the environment, as `make test` does.")


USES_DATABASE = {"db", "transactional_db", "live_server"}


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items):
    """Mark the tests that may use the database: on a second one, the others would only do the same again.

    What is skipped on one of the two has `skipif`.
    """
    for item in items:
        is_marked = any(item.get_closest_marker(name) for name in ("django_db", "end_to_end", "skipif"))
        if is_marked or USES_DATABASE.intersection(item.fixturenames):
            item.add_marker("database")


class ConfigOfTest:
    """Reads the apps' configuration, and sets keys of `MODEL_DELIVERY` until the test ends.

    A value that an installation may not have, such as a limit of 0 seconds, is taken too.
    """

    def __init__(self, settings):
        vars(self).update(_settings=settings, _set={})

    def __getattr__(self, name):
        from predictions.conf import config

        return getattr(config, name)

    def __setattr__(self, name, value):
        from predictions.conf import config

        getattr(config, name)  # a name that is no key must not pass
        self._set[name] = value
        self._settings.MODEL_DELIVERY = self._settings.MODEL_DELIVERY | {name: value}
        vars(config).update(self._set)


@pytest.fixture
def config(settings):
    """The apps' configuration; `config.MAX_ROWS = 5` lasts until the test ends."""
    return ConfigOfTest(settings)


@pytest.fixture(autouse=True)
def _plain_settings(settings, config, tmp_path):
    """No collected static files, no files outside the test's folder, cheap passwords."""
    config.MEDIA_ROOT = tmp_path / "media"
    config.SPOOL_DIR = tmp_path / "spool"
    config.VAR_DIR = tmp_path / "state"
    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    }
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.AXES_ENABLED = False


@pytest.fixture(autouse=True, scope="session")
def _no_follower_by_itself():
    """What a test serves is what it says, also where it asks a WSGI application."""
    from predictions.serving import first_request

    first_request.ignore()


@pytest.fixture(autouse=True)
def _nothing_served():
    """Each test begins with a worker that has loaded nothing."""
    from predictions.api import access
    from predictions.serving import serving

    serving.swap(serving.Snapshot())
    access.forget()
    yield
    serving.swap(serving.Snapshot())


@pytest.fixture(autouse=True)
def _own_spool(_plain_settings, monkeypatch):
    """Each test logs as a worker of its own."""
    from predictions.log import spool

    monkeypatch.setattr(spool, "_spool", spool.Spool())


@pytest.fixture
def iris(db):
    """The registered model of the demo with its signature, policy, recipe, schedule and data."""
    from django.core.management import call_command

    from predictions.models import RegisteredModel
    from predictions.registry import datasets

    call_command("loaddata", str(FIXTURES / "registry.json"), verbosity=0)
    model = RegisteredModel.objects.get(name="iris")
    model.schedules.exclude(task="retrain").delete()  # tests speak of "the" schedule
    for role in ("training", "evaluation"):
        content = (FIXTURES / f"{role}.csv").read_bytes()
        datasets.register(registered_model=model, role=role, content=content)
    return model


@pytest.fixture(scope="session")
def forests():
    """Name -> (artefact bytes, Compiled): `weak` is the demo's first version, `strong` a good forest."""
    import joblib
    import pandas as pd
    from sklearn.ensemble import RandomForestClassifier

    from predictions.registry.compiling import compile_and_prove

    training, evaluation = (pd.read_csv(FIXTURES / f"{role}.csv") for role in ("training", "evaluation"))
    spec = iris_spec()
    first = json.loads((FIXTURES / "first_version.json").read_text())["parameters"]
    made = {}
    for name, parameters in (("weak", first), ("strong", {"n_estimators": 24, "random_state": 1})):
        estimator = RandomForestClassifier(**parameters)
        estimator.fit(training[[f.name for f in spec.features]], training[spec.output_name])
        buffer = io.BytesIO()
        joblib.dump(estimator, buffer)
        made[name] = (buffer.getvalue(), compile_and_prove(estimator, spec, evaluation))
    return made


def iris_spec():
    """The signature of the fixture as a value, without a database."""
    from predictions.contract.fields import FeatureSpec, Kind
    from predictions.contract.signature import SignatureSpec

    names = ("sepallength", "sepalwidth", "petallength", "petalwidth")
    example = dict(zip(names, (5.1, 3.5, 1.4, 0.2), strict=True))
    features = tuple(
        FeatureSpec(name=name, kind=Kind.FLOAT, exclusive_minimum=0.0, example=example[name])
        for name in names
    )
    return SignatureSpec(task="classification", output_name="species", labels=(0, 1, 2), features=features)


@pytest.fixture
def weak(iris, forests):
    """The demo's first version, registered, not live."""
    return register(iris, forests["weak"], name="rf-12-base", source="fixture")


@pytest.fixture
def strong(iris, forests):
    """A forest that is much better, registered, not live."""
    return register(iris, forests["strong"], name="rf-24-run1", source="trained")


def register(model, artefact_and_compiled, *, name, source):
    """Register one of `forests` for the model's first signature."""
    from predictions.registry.registration import register_files

    artefact, compiled = artefact_and_compiled
    return register_files(
        artefact=artefact,
        filename=f"{name}.joblib",
        compiled=compiled,
        signature=model.signatures.get(),
        name=name,
        training_dataset=model.datasets.get(role="training"),
        source=source,
        created_by="a test",
    )


@pytest.fixture
def live(weak):
    """`weak`, live and loaded by this process as by a worker's follower."""
    from predictions.registry.promotion import Approval, promote
    from predictions.serving.follower import Follower

    promote(version=weak, replacing=None, approval=Approval(by="a test", reason="first"))
    Follower().step()
    return weak
