"""One key of `MODEL_DELIVERY`: its default, its type, and what its value should be."""

import logging
from collections.abc import Callable, Mapping
from typing import Any, Generic, Protocol, Self, TypeVar, cast, overload

T = TypeVar("T", covariant=True)
logger = logging.getLogger(__name__)


class HasGiven(Protocol):
    """What keys are read from."""

    @property
    def given(self) -> Mapping[str, Any]: ...


class Key(Generic[T]):
    """An attribute that is worked out at its first use; from then on it is a plain one of the instance.

    The default is a value, or a function of the configuration. None is fine where it is the default.
    """

    name = ""

    def __init__(
        self,
        default: Any,
        *,
        type: type[Any],
        should: str,
        rule: Callable[[Any], bool] | None = None,
        accepts: tuple[type, ...] = (),
        secret: bool = False,
    ) -> None:
        self.default, self.type, self.should, self.secret = default, type, should, secret
        self._rule, self._accepts = rule, accepts or (type,)

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name

    @overload
    def __get__(self, config: None, owner: Any = None) -> Self: ...
    @overload
    def __get__(self, config: HasGiven, owner: Any = None) -> T: ...
    def __get__(self, config: HasGiven | None, owner: Any = None) -> Self | T:
        """Return the value that was given; the default if there is none, or one that would break."""
        if config is None:
            return self
        value = vars(config)[self.name] = self._read(config)
        return value

    def _read(self, config: HasGiven) -> T:
        if self.name in config.given:
            value = config.given[self.name]
            if self.has_type(value) and self.follows_rule(value):
                return cast(T, self._typed(value))
            logger.error("MODEL_DELIVERY['%s'] %s The default is used.", self.name, self.refusal(value))
        return cast(T, self.default(config) if callable(self.default) else self.default)

    def _typed(self, value: Any) -> Any:
        return value if value is None else self.type(value)

    def has_type(self, value: Any) -> bool:
        """Whether it is of the key's type, where a bool is no number."""
        if value is None:
            return self.default is None
        return isinstance(value, self._accepts) and (self.type is bool or not isinstance(value, bool))

    def follows_rule(self, value: Any) -> bool:
        """Whether a value of the key's type can be used."""
        return value is None or self._rule is None or self._rule(self._typed(value))

    def refusal(self, value: Any) -> str:
        """Return a clause on what it should be and what was given; a secret is not repeated."""
        given = f"of the type {type(value).__name__}" if self.secret else repr(value)[:80]
        return f"should be {self.should}, and is {given}."
