"""Other limits, as somebody would like them: parsed, proved by the checks and the policy, put into a case."""

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
from scheduling.evidence.policy import Policy
from scheduling.judging.inputs import Inputs
from scheduling.models import GatePolicy


class ChangeInvalid(Exception):
    """A change that no model could make in the admin, or that says nothing of the past."""


@dataclass(frozen=True, kw_only=True)
class Changes:
    """What is to be otherwise: limits by check, keys of the policy, checks off or not blocking."""

    limits: dict[str, dict[str, Any]] = field(default_factory=dict)
    policy: dict[str, Any] = field(default_factory=dict)
    disabled: frozenset[str] = frozenset()
    not_blocking: frozenset[str] = frozenset()

    def applied_to(self, inputs: Inputs) -> Inputs:
        """Return the inputs under the other rules; a check that was off then stays off."""
        checks = tuple(self._changed(one) for one in inputs.checks if one.check.id not in self.disabled)
        return replace(inputs, checks=checks, policy=replace(inputs.policy, **self.policy))

    def _changed(self, asked: InForce) -> InForce:
        check = asked.check.with_limits(self.limits.get(asked.check.id, {}))
        return replace(asked, check=check, blocking=asked.blocking and check.id not in self.not_blocking)

    def as_values(self) -> dict[str, Any]:
        """For programs, and for people to read back."""
        return {
            "limits": self.limits,
            "policy": self.policy,
            "disabled": sorted(self.disabled),
            "not_blocking": sorted(self.not_blocking),
        }


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
        raise ChangeInvalid(f"{', '.join(twice)}: disabled, so nothing else can be asked of it.")
    if not any(changes.as_values().values()):
        raise ChangeInvalid("Nothing is changed: give --limits, --policy, --disable or --not-blocking.")
    return changes


def _check(name: str) -> Check:
    if name not in CHECKS_BY_ID:
        raise ChangeInvalid(f"There is no check {name!r}; there are: {', '.join(CHECKS_BY_ID)}.")
    return CHECKS_BY_ID[name]


def _limits(given: Iterable[str]) -> dict[str, dict[str, Any]]:
    limits: dict[str, dict[str, Any]] = {}
    for text in given:
        name, value = _pair(text, "<check>.<limit>=<value>")
        check_id, dot, limit = name.partition(".")
        check = _check(check_id)
        if not dot:
            known = ", ".join(f"{check.id}.{one.name}" for one in fields(check)) or "it has no limits"
            raise ChangeInvalid(f"Which limit of {check.id}? {known}.")
        if check.rests_on is RestsOn.MOMENT:
            raise ChangeInvalid(
                f"{check.id} asked how the world was at that moment: other limits say nothing of the past. "
                f"It can be taken out by --disable {check.id} or --not-blocking {check.id}."
            )
        limits.setdefault(check.id, {})[limit] = value
        try:
            check.with_limits(limits[check.id])
        except UnknownLimit as error:
            raise ChangeInvalid(f"{text}: {error}") from None
    return limits


def _policy(model: RegisteredModel, given: Iterable[str]) -> dict[str, Any]:
    """Proved as the admin proves it, beside all that the policy is today."""
    asked = dict(_pair(text, "<key>=<value>") for text in given)
    if strange := sorted(set(asked) - set(Policy.names())):
        raise ChangeInvalid(
            f"The policy has no {', '.join(strange)}; the gate reads: {', '.join(Policy.names())}."
        )
    policy = GatePolicy.objects.of(model)
    for name, value in asked.items():
        setattr(policy, name, value)
    try:
        policy.clean_fields(exclude=["registered_model"])
        policy.clean()
    except ValidationError as error:
        raise ChangeInvalid("; ".join(_said(error))) from None
    changed = {name: getattr(policy, name) for name in asked}
    for name, value in changed.items():
        if isinstance(value, float) and (isinstance(asked[name], bool) or not math.isfinite(value)):
            raise ChangeInvalid(f"{name}: a finite number.")
    return changed


def _said(error: ValidationError) -> Iterable[str]:
    return (f"{name}: {' '.join(messages)}" for name, messages in error.message_dict.items())


def _pair(text: str, form: str) -> tuple[str, Any]:
    """A name and its value; the value is JSON where it can be read so, else the text itself."""
    name, equals, value = text.partition("=")
    if not (name and equals):
        raise ChangeInvalid(f"{text!r} is not of the form {form}.")
    try:
        return name, json.loads(value)
    except (ValueError, RecursionError):
        return name, value
