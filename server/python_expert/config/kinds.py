"""The kinds of values of settings, and sections of settings.

These are not pydantic's models, because importing pydantic takes longer than all other imports for
the first findings.
"""

from __future__ import annotations

from dataclasses import MISSING, dataclass, field, fields
from typing import TYPE_CHECKING, Any, Protocol, Self

if TYPE_CHECKING:
    from collections.abc import Callable
    from enum import StrEnum


class InvalidSettingError(Exception):
    """A setting has an invalid value.

    Attributes:
        path: The setting, from the outermost section on.
        value: The value.
        is_unknown: Whether the setting does not exist.
    """

    def __init__(
        self, message: str, value: object, path: tuple[str, ...] = (), *, is_unknown: bool = False
    ) -> None:
        super().__init__(message)
        self.value = value
        self.path = path
        self.is_unknown = is_unknown

    def within(self, name: str) -> InvalidSettingError:
        """Return the error with the name of an outer section added."""
        path = (name, *self.path)
        return InvalidSettingError(str(self), self.value, path, is_unknown=self.is_unknown)


class ValueKind(Protocol):
    """A kind of values."""

    def read(self, value: Any) -> Any:  # noqa: ANN401 - TOML and JSON are untyped
        """Convert a value from TOML or JSON.

        Raises:
            InvalidSettingError: The value is invalid.
        """


@dataclass(frozen=True)
class Flag:
    """A kind for booleans."""

    def read(self, value: object) -> bool:
        """See `ValueKind.read`."""
        if isinstance(value, bool):
            return value
        raise InvalidSettingError("it must be true or false", value)


@dataclass(frozen=True)
class Text:
    """A kind for strings.

    Attributes:
        least: The minimum length.
        check: Raises ValueError for invalid strings.
    """

    least: int = 0
    check: Callable[[str], object] = str

    def read(self, value: object) -> str:
        """See `ValueKind.read`."""
        if not isinstance(value, str):
            raise InvalidSettingError("it must be a string", value)
        if len(value) < self.least:
            raise InvalidSettingError("it must not be empty", value)
        try:
            self.check(value)
        except ValueError as error:
            raise InvalidSettingError(str(error), value) from None
        return value


@dataclass(frozen=True)
class Number:
    """A kind for numbers.

    Attributes:
        least: The minimum.
        most: The maximum, if there is one.
        type: The type; integers are accepted for floats.
    """

    least: float
    most: float | None = None
    type: type[int | float] = int

    def read(self, value: object) -> float:
        """See `ValueKind.read`."""
        types = (int,) if self.type is int else (int, float)
        most = self.most if self.most is not None else float("1e308")
        is_number = isinstance(value, types) and not isinstance(value, bool)
        if isinstance(value, int | float) and is_number and self.least <= value <= most:
            return self.type(value)
        what = "an integer" if self.type is int else "a number"
        upwards = f"{self.least} or greater"
        limits = upwards if self.most is None else f"from {self.least} to {self.most}"
        raise InvalidSettingError(f"it must be {what}, {limits}", value)


@dataclass(frozen=True)
class OneOf:
    """A kind for one of several words.

    Attributes:
        words: The words.
    """

    words: type[StrEnum]

    def read(self, value: object) -> StrEnum:
        """See `ValueKind.read`."""
        if isinstance(value, str) and value in tuple(self.words):
            return self.words(value)
        *others, last = (repr(str(each)) for each in self.words)
        raise InvalidSettingError(f"it must be {', '.join(others)} or {last}", value)


@dataclass(frozen=True)
class Texts:
    """A kind for lists of strings."""

    def read(self, value: object) -> tuple[str, ...]:
        """See `ValueKind.read`."""
        if isinstance(value, list | tuple) and all(isinstance(each, str) for each in value):
            return tuple(value)
        raise InvalidSettingError("it must be a list of strings", value)


@dataclass(frozen=True)
class Table:
    """A kind for tables: named values of one kind.

    Attributes:
        kind: The kind of the values.
        one_for_all: Whether a string in place of the table applies to all names; it is stored under
            the empty name.
    """

    kind: ValueKind
    one_for_all: bool = False

    def read(self, value: object) -> dict[str, Any]:
        """See `ValueKind.read`."""
        if self.one_for_all and isinstance(value, str):
            value = {"": value}
        if not isinstance(value, dict):
            raise InvalidSettingError("it must be a table", value)
        return {name: _read_within(name, self.kind, each) for name, each in value.items()}


@dataclass(frozen=True)
class Group:
    """A kind for sections.

    Attributes:
        section: The class of the section.
    """

    section: type[SettingsSection]

    def read(self, value: object) -> SettingsSection:
        """See `ValueKind.read`."""
        return self.section.read(value)


class SettingsSection:
    """Settings that belong together; subclasses are frozen dataclasses of `setting` fields."""

    @classmethod
    def kinds(cls) -> dict[str, ValueKind]:
        """Return the kind of each setting."""
        return {each.name: each.metadata["kind"] for each in fields(cls)}  # type: ignore[arg-type] # subclasses are dataclasses

    @classmethod
    def read(cls, values: object) -> Self:
        """Convert values from TOML or JSON to a section.

        Raises:
            InvalidSettingError: A value is invalid; others may be as well.
        """
        if not isinstance(values, dict):
            raise InvalidSettingError("it must be a table", values)
        kinds = cls.kinds()
        read = {
            name: _read_within(name, kind, values[name])
            for name, kind in kinds.items()
            if name in values
        }
        for name, value in values.items():
            if name not in kinds:
                raise InvalidSettingError("it is unknown", value, (name,), is_unknown=True)
        for each in fields(cls):  # type: ignore[arg-type] # as above
            if each.name not in read and each.default is each.default_factory is MISSING:
                raise InvalidSettingError("it is missing", values, (each.name,))
        return cls(**read)


def _read_within(name: str, kind: ValueKind, value: object) -> Any:  # noqa: ANN401 - depends on the setting
    try:
        return kind.read(value)
    except InvalidSettingError as error:
        raise error.within(name) from None


def setting(kind: ValueKind, default: object = MISSING) -> Any:  # noqa: ANN401 - as for dataclasses.field
    """Return a field of a section. The default is an empty table, or a section's own defaults.

    Args:
        kind: The kind of its values.
        default: The default; without one, the value is required.
    """
    about = {"kind": kind}
    if isinstance(kind, Table):
        return field(default_factory=dict, metadata=about)
    if isinstance(kind, Group):
        return field(default_factory=kind.section, metadata=about)
    return field(default=default, metadata=about)
