"""Rows and callers that tests need, made cheaply: nothing here trains or compiles."""

from django.contrib.auth.models import Permission, User
from knox.models import get_token_model

from predictions.models import ModelVersion, Promotion, RegisteredModel, Signature
from predictions.models.promotion import live_promotion
from predictions.registry import artefacts
from predictions.registry.promotion import Approval, promote

APPROVAL = Approval(by="a test", reason="because")


def make_model(name="wine", **columns):
    """A registered model, public unless said otherwise, with an empty classification signature."""
    model = RegisteredModel.objects.create(name=name, title=name.title(), **{"public": True} | columns)
    Signature.objects.create(
        registered_model=model, number=1, task="classification", output_name="kind", labels=[0, 1]
    )
    return model


def make_version(model, name, *, served_form=b"no onnx"):
    """A version whose files exist and whose served form is not one."""
    artefact = name.encode()
    return ModelVersion.objects.register(
        signature=model.signatures.get(),
        name=name,
        filename=f"{name}.joblib",
        artefact=artefacts.store(artefact, folder="models", filename=f"{name}.joblib"),
        artefact_sha256=artefacts.sha256_of(artefact),
        served_form=artefacts.store(served_form, folder="models", filename="served.onnx"),
        served_form_sha256=artefacts.sha256_of(served_form),
        estimator="sklearn.dummy.DummyClassifier",
        parity={"equal": True},
        golden_rows={"rows": [], "outputs": []},
        source="fixture",
        created_by="a test",
    )


def make_live(version):
    """The promotion that makes `version` live in place of whatever is."""
    live = live_promotion(version.registered_model)
    return promote(version=version, replacing=live, approval=APPROVAL)


def ledger():
    """Every row of every ledger, oldest first, as plain values."""
    return list(Promotion.objects.order_by("pk").values_list("sequence", "kind", "version__name", "restores"))


def make_person(username="ann", *permissions, **columns):
    """A user with these permissions of the predictions app, for all models."""
    user = User.objects.create_user(username, **columns)
    user.user_permissions.set(
        Permission.objects.filter(content_type__app_label="predictions", codename__in=permissions)
    )
    assert user.user_permissions.count() == len(set(permissions))
    return user


def token_of(user, **columns):
    """The header of a new API token of this user."""
    _, token = get_token_model().objects.create(user, **columns)
    return {"Authorization": f"Token {token}"}


def without_table(model, monkeypatch):
    """Let statements about a model name a table that is not there."""
    for field in model._meta.fields:
        field.cached_col  # noqa: B018 - keeps the table's name, which has to be the true one after the test
    monkeypatch.setattr(model._meta, "db_table", "predictions_nothing")
