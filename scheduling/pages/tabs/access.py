"""The tab of access: who has which role, and where a program's token is made."""

from typing import Any

from predictions.models import RegisteredModel
from predictions.models.people import grants
from predictions.models.people.access import May, allowed
from predictions.models.people.roles import WHAT, roles_of
from predictions.paths import admin_path
from predictions.paths.tokens import page_of_tokens
from scheduling.pages.tabs.setting_shape import Block, Setting


def access_tab(model: RegisteredModel, user: Any) -> Setting:
    """Who has which role is shown to those who may choose it."""
    may = allowed(user, May.CHOOSE_ACCESS, model)
    held = roles_of(model) if may else {}
    values = [(f"{role}: {WHAT[role]}", ", ".join(map(str, held[role])) or "nobody") for role in held]
    makes_tokens = page_of_tokens(user)
    return Setting(
        sentence=f"{_seen(model)} A program calls with a token of a user.",
        blocks=[Block(heading="Roles, and who has them", values=values)] if values else [],
        href=admin_path("model-access", model.pk), action="Change who has which role",
        may=may and grants.ARE_KEPT,
        links=[("Make a token", makes_tokens)] if makes_tokens else [],
    )  # fmt: skip


def _seen(model: RegisteredModel) -> str:
    """Say who sees it and what the others need."""
    needs = "role" if grants.ARE_KEPT else "permission, which holds for all models alike,"
    if model.public:
        told = "everybody may read about it and ask it for predictions"
        return f"{model} is public: {told}. All else takes a {needs.rstrip(',')}."
    return f"{model} is private: people and programs without a {needs} do not see it."
