"""Other limits to try: parsed, validated by the checks and the policy, and put into a run's inputs."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable
from dataclasses import dataclass, field, fields, replace
from typing import Any

from django.core.exceptions import ValidationError

from predictions.models import RegisteredModel
from scheduling.checks import CHECKS_BY_ID
from scheduling.checks.base import Check, InForce, RestsOn, UnknownLimit
from scheduling.evidence.provenance import Policy
from scheduling.judging.inputs import Inputs
from scheduling.models import GatePolicy


class ChangeInvalid(Exception):
    """A change that the admin would refuse, or that cannot be tried on past runs."""


@dataclass(frozen=True, kw_only=True)
class Changes:
    """Limits by check, keys of the policy, and checks that are disabled or do not block."""

    limits: dict[str, dict[str, Any]] = field(default_factory=dict)
    policy: dict[str, Any] = field(default_factory=dict)
    disabled: frozenset[str] = frozenset()
    not_blocking: frozenset[str] = frozenset()

    def applied_to(self, inputs: Inputs) -> Inputs:
        """Return the inputs with the changes; a check that was disabled then stays disabled."""
        checks = tuple(self._changed(one) for one in inputs.checks if one.check.id not in self.disabled)
        return replace(inputs, checks=checks, policy=replace(inputs.policy, **self.policy))

    def _changed(self, asked: InForce) -> InForce:
        check = asked.check.with_limits(self.limits.get(asked.check.id, {}))
        return replace(asked, check=check, blocking=asked.blocking and check.id not in self.not_blocking)

    @classmethod
    def from_values(cls, values: dict[str, Any]) -> Changes:
        """Read what `as_values` wrote."""
        names = {name: frozenset(values.get(name, ())) for name in ("disabled", "not_blocking")}
        return cls(limits=values.get("limits", {}), policy=values.get("policy", {}), **names)

    def as_values(self) -> dict[str, Any]:
        return vars(self) | {"disabled": sorted(self.disabled), "not_blocking": sorted(self.not_blocking)}


def parse_changes(
    model: RegisteredModel,
    *,
    limits: Iterable[str],
    policy: Iterable[str],
    disabled: Iterable[str],
    not_blocking: Iterable[str],
) -> Changes:
    """Read `latency.max_p95_ms=80`, `promote_when=not_worse`, and names of checks. Raises `ChangeInvalid`."""
    changes = Changes(
        limits=_limits(limits),
        policy=_policy(model, policy),
        disabled=frozenset(_check(name).id for name in disabled),
        not_blocking=frozenset(_check(name).id for name in not_blocking),
    )
    if twice := sorted(changes.disabled & {*changes.limits, *changes.not_blocking}):
        raise ChangeInvalid(f"{', '.join(twice)}: a check that is disabled cannot have other changes.")
    if not any(changes.as_values().values()):
        raise ChangeInvalid("There is no change. Give --limits, --policy, --disable or --not-blocking.")
    return changes


def _check(name: str) -> Check:
    if name not in CHECKS_BY_ID:
        raise ChangeInvalid(f"The check {name!r} does not exist. Checks are: {', '.join(CHECKS_BY_ID)}.")
    return CHECKS_BY_ID[name]


def _limits(given: Iterable[str]) -> dict[str, dict[str, Any]]:
    limits: dict[str, dict[str, Any]] = {}
    for text in given:
        name, value = _pair(text, "<check>.<limit>=<value>")
        check_id, dot, limit = name.partition(".")
        check = _check(check_id)
        if not dot:
            known = ", ".join(f"{check.id}.{one.name}" for one in fields(check)) or "none"
            raise ChangeInvalid(f"Name a limit of the check {check.id}. Its limits: {known}.")
        if check.rests_on is RestsOn.MOMENT:
            raise ChangeInvalid(
                f"{check.id} asked the live API at that moment, so other limits cannot be tried on it. "
                f"Use --disable {check.id} or --not-blocking {check.id}."
            )
        limits.setdefault(check.id, {})[limit] = value
        try:
            check.with_limits(limits[check.id])
        except UnknownLimit as error:
            raise ChangeInvalid(f"{text}: {error}") from None
    return limits


def _policy(model: RegisteredModel, given: Iterable[str]) -> dict[str, Any]:
    """Validate as the admin does, together with all other settings of today's policy."""
    asked = dict(_pair(text, "<key>=<value>") for text in given)
    if strange := sorted(set(asked) - set(Policy.names())):
        known = ", ".join(Policy.names())
        raise ChangeInvalid(f"The policy does not have {', '.join(strange)}. It has: {known}.")
    policy = GatePolicy.objects.of(model)
    for name, value in asked.items():
        setattr(policy, name, value)
    try:
        policy.full_clean(exclude=["registered_model"], validate_unique=False, validate_constraints=False)
    except ValidationError as error:
        said = (f"{name}: {' '.join(messages)}" for name, messages in error.message_dict.items())
        raise ChangeInvalid("; ".join(said)) from None
    changed = {name: getattr(policy, name) for name in asked}
    for name, value in changed.items():
        if isinstance(value, float) and (isinstance(asked[name], bool) or not math.isfinite(value)):
            raise ChangeInvalid(f"{name}: Input should be a finite number.")
    return changed


def _pair(text: str, form: str) -> tuple[str, Any]:
    """Return a name and its value, which is read as JSON where it can be, else as text."""
    name, equals, value = text.partition("=")
    if not (name and equals):
        raise ChangeInvalid(f"{text!r} does not have the form {form}.")
    try:
        return name, json.loads(value)
    except (ValueError, RecursionError):
        return name, value
