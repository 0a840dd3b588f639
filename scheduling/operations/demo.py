"""The Iris demo, out of `fixtures/iris`: registry, data, first version, admin. Knows nothing of Iris."""

import json
import os
import secrets
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.contrib.auth import get_user_model
from django.core.management import call_command

from predictions import database
from predictions.conf import config
from predictions.models import Dataset, ModelVersion, RegisteredModel
from predictions.models.people.accounts import named, people
from predictions.registry import datasets
from predictions.registry.promotion import Approval, promote
from scheduling.training.by_recipe import build
from scheduling.training.training import fit_and_register

FIXTURES = Path(__file__).resolve().parents[2] / "fixtures" / "iris"
NAME = "iris"
LOGIN_CHANGED = "the password you have set"


def set_up() -> Iterator[str]:
    """Take each step whose result is missing, and say so."""
    # The fixture is loaded only while there is no such model: then its rows belong to people.
    if not RegisteredModel.objects.filter(name=NAME).exists():
        call_command("loaddata", str(FIXTURES / "registry.json"), database=database.alias(), verbosity=0)
        yield f"loaded the registered model {NAME}"
    model = RegisteredModel.objects.get(name=NAME)
    for role in (Dataset.Role.TRAINING, Dataset.Role.EVALUATION):
        if not model.datasets.filter(role=role).exists():
            content = (FIXTURES / f"{role}.csv").read_bytes()
            datasets.register(registered_model=model, role=role, content=content)
            yield f"registered the {role} data"
    if not ModelVersion.objects.of(model).exists():
        yield f"trained and registered {_train_first_version(model)}"
    if not model.promotions.exists():
        first = ModelVersion.objects.of(model).earliest("pk")
        approval = Approval(by="setup_demo", reason="The first version of the demo.")
        promote(version=first, replacing=None, approval=approval)
        yield f"promoted {first}"
    if not people().filter(is_superuser=True).exists() and demo_admin() is None:
        yield create_admin()


def _train_first_version(model: RegisteredModel) -> ModelVersion:
    """Train what `first_version.json` describes: weak on purpose, so that the first retrain wins."""
    first = json.loads((FIXTURES / "first_version.json").read_text())
    return fit_and_register(
        build(first["estimator"], first["parameters"], seed=0), name=first["name"], registered_model=model,
        source=ModelVersion.Source.FIXTURE, created_by="setup_demo", tables=datasets.Tables(),
    )  # fmt: skip


def demo_admin() -> Any:
    """Return the account; None where there is none."""
    return named(admin_name())


def admin_name() -> str:
    """What the demo's admin signs in with."""
    user: Any = get_user_model()
    is_email = user.get_email_field_name() == user.USERNAME_FIELD
    return "admin@example.com" if is_email else "admin"


def create_admin() -> str:
    """Create the demo's admin; the password is kept first, where only the owner reads it. Say so."""
    user: Any = get_user_model()
    if {*user.REQUIRED_FIELDS} - {user.get_email_field_name()}:
        return "created no admin, whose account needs more than a name: run manage.py createsuperuser"
    password = config.DEMO_ADMIN_PASSWORD or secrets.token_urlsafe(9)
    with open(os.open(password_file(), os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write(password)
    account = dict.fromkeys(user.REQUIRED_FIELDS, "") | {user.USERNAME_FIELD: admin_name()}
    user._default_manager.create_superuser(**account, password=password)
    return "created the demo's admin"


def password_file() -> Path:
    """Where the first password of the demo's admin is kept, for the banner."""
    return config.VAR_DIR / "demo_admin_password"


def admin_login() -> str:
    """Return what the banner says of the login: never a password that is no longer true."""
    user = demo_admin()
    try:
        password = password_file().read_text()
    except OSError:
        password = ""
    if user and password and user.check_password(password):
        return f"{admin_name()} / {password}"
    return LOGIN_CHANGED if user else "no admin yet: run manage.py createsuperuser"
