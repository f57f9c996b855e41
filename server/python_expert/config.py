"""Settings: one frozen schema, and the one merge of defaults < pyproject.toml < editor.

TOML spells names in kebab-case, editors in camelCase; both mean the field of the same name
here. A value that is wrong is left out and reported as a fault, never guessed at.
"""

from __future__ import annotations

import difflib
import re
import tomllib
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from python_expert.findings import Severity, ToolName
from python_expert.paths import ancestors
from python_expert.rewrites.base import Style

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

SECTION = "pythonExpert"
TABLE = "python-expert"


class Level(StrEnum):
    """A severity as settings spell it."""

    ERROR = "error"
    WARNING = "warning"
    INFORMATION = "information"
    HINT = "hint"

    @property
    def severity(self) -> Severity:
        """The severity it names."""
        return Severity[self.name]


Arguments = Annotated[tuple[str, ...], Field(strict=False)]
Milliseconds = Annotated[int, Field(ge=0, le=10_000)]
Severities = Annotated[
    dict[str, Annotated[Level, Field(strict=False)]],
    # One word stands for all rules: the empty prefix matches every code.
    BeforeValidator(lambda value: {"": value} if isinstance(value, str) else value),
]


class Profile(StrEnum):
    """Whose rules apply: the project's own, the expert's, or the expert's where it has none."""

    AUTO = "auto"
    EXPERT = "expert"
    PROJECT = "project"


class ImportStrategy(StrEnum):
    """Where tools come from: the project's environment first, or always the bundled ones."""

    FROM_ENVIRONMENT = "from-environment"
    USE_BUNDLED = "use-bundled"


class LogLevel(StrEnum):
    """How much is logged."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"
    DEBUG = "debug"


class _Model(BaseModel):
    model_config = ConfigDict(frozen=True, strict=True, extra="forbid")


class ToolSettings(_Model):
    """The settings of one tool."""

    enabled: bool = Field(default=True, description="Whether the tool runs.")
    path: str | None = Field(
        default=None,
        description="The tool's executable (for mypy and bandit also a Python that has it).",
    )
    args: Arguments = Field(default=(), description="Further command-line arguments.")
    severity: Severities = Field(
        default_factory=dict,
        description="A severity for all findings, or one for each rule prefix.",
    )
    debounce_ms: Milliseconds = Field(
        default=0, description="Milliseconds without typing before the tool runs."
    )

    def severity_of(self, code: str) -> Severity | None:
        """The severity set for a rule: that of the longest prefix that matches, if any."""
        prefixes = [prefix for prefix in self.severity if code.startswith(prefix)]
        return self.severity[max(prefixes, key=len)].severity if prefixes else None


class SlowToolSettings(ToolSettings):
    """The settings of a tool that is not worth running at every key stroke."""

    debounce_ms: Milliseconds = Field(
        default=50, description="Milliseconds without typing before the tool runs."
    )


class Tools(_Model):
    """The settings of all tools."""

    ruff: ToolSettings = ToolSettings()
    mypy: ToolSettings = ToolSettings()
    bandit: SlowToolSettings = SlowToolSettings()

    def of(self, name: ToolName) -> ToolSettings:
        """The settings of one tool."""
        settings: ToolSettings = getattr(self, name)
        return settings


class Settings(_Model):
    """All settings of one project."""

    tools: Tools = Tools()
    profile: Annotated[Profile, Field(strict=False)] = Field(
        default=Profile.AUTO,
        description="Rules to apply: 'auto' takes the expert profile for each tool that the "
        "project does not configure itself.",
    )
    interpreter: str | None = Field(
        default=None, description="The project's Python; found by itself if not set."
    )
    import_strategy: Annotated[ImportStrategy, Field(strict=False)] = Field(
        default=ImportStrategy.FROM_ENVIRONMENT,
        description="Whether tools of the project's environment are preferred.",
    )
    trusted: bool = Field(
        default=True,
        description="False: run bundled tools only, and no code of the project.",
    )
    docstring_style: Annotated[Style, Field(strict=False)] = Field(
        default=Style.AUTO,
        description="How docstrings are written; 'auto' is as the file or the project does, "
        "else Google's way.",
    )
    log_level: Annotated[LogLevel, Field(strict=False)] = LogLevel.INFO
    log_file: str | None = Field(default=None, description="Log here rather than on stderr.")


EDITOR_ONLY = (
    *("trusted", "interpreter", "log_file", "log_level"),
    *("tools.*.path", "tools.*.args"),
)
"""What a cloned repository may not set: programs to run, files to write, and the whole server's
log."""


class Layer(NamedTuple):
    """Settings from one source.

    Attributes:
        origin: The source as messages name it.
        values: The settings, spelt either way.
        from_project: True for pyproject.toml, which may not set everything.
    """

    origin: str
    values: Mapping[str, Any]
    from_project: bool = False


def merge(layers: Iterable[Layer]) -> tuple[Settings, list[str]]:
    """Merge settings, later layers over earlier ones.

    Returns:
        The settings, and a sentence for each value that was left out.
    """
    merged: dict[str, Any] = {}
    faults: list[str] = []
    for layer in layers:
        values = _normalise(layer.values)
        if layer.from_project:
            faults += [
                f"{layer.origin}: '{key}' is ignored; only your editor's settings may set it"
                for key in _take_out(values, EDITOR_ONLY)
            ]
        faults += [f"{layer.origin}: {fault}" for fault in _drop_invalid(values)]
        _merge_into(merged, values)
    return Settings.model_validate(merged), faults


def load(root: Path, editor: Iterable[Layer]) -> tuple[Settings, list[str]]:
    """The settings of a project: the nearest pyproject.toml's, and over them the editor's.

    Returns:
        The settings, and a sentence for each fault found on the way.
    """
    nearest = (folder / "pyproject.toml" for folder in ancestors(root))
    path = next((path for path in nearest if path.is_file()), root / "pyproject.toml")
    try:
        project, faults = read_pyproject(path), []
    except ValueError as error:
        project, faults = Layer(str(path), {}), [str(error)]
    settings, more = merge([project, *editor])
    return settings, faults + more


def read_pyproject(path: Path) -> Layer:
    """Read ``[tool.python-expert]`` from a pyproject.toml; a missing one has no settings.

    Raises:
        ValueError: The file cannot be read or is no TOML; the text says which and where.
    """
    origin = f"[tool.{TABLE}] in {path}"
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, NotADirectoryError):
        return Layer(origin, {}, from_project=True)
    except (OSError, ValueError, RecursionError) as error:
        raise ValueError(f"{path} cannot be read: {error}") from error
    table = data.get("tool", {})
    values = table.get(TABLE, {}) if isinstance(table, dict) else {}
    return Layer(origin, values if isinstance(values, dict) else {}, from_project=True)


def editor_layer(values: object, origin: str = "editor settings") -> Layer:
    """Take what an editor sent, bare or under ``pythonExpert``; anything else is empty."""
    if isinstance(values, dict) and isinstance(values.get(SECTION), dict):
        values = values[SECTION]
    return Layer(origin, values if isinstance(values, dict) else {})


def spell(name: str) -> str:
    """A field's name as TOML spells it."""
    return name.replace("_", "-")


def _normalise(values: Mapping[str, Any]) -> dict[str, Any]:
    """Spell all names as the fields are; an editor's null means 'not set'."""
    result: dict[str, Any] = {}
    for key, value in values.items():
        if value is None:
            continue
        name = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", str(key)).replace("-", "_").lower()
        # The names below `severity` are rules, not settings.
        nested = isinstance(value, dict) and name != "severity"
        result[name] = _normalise(value) if nested else value
    return result


def _take_out(values: dict[str, Any], patterns: Iterable[str]) -> list[str]:
    taken = []
    for pattern in patterns:
        head, _, rest = pattern.partition(".")
        for key in list(values) if head == "*" else [head]:
            if key not in values:
                continue
            if not rest:
                del values[key]
                taken.append(spell(key))
            elif isinstance(values[key], dict):
                taken += [f"{spell(key)}.{name}" for name in _take_out(values[key], [rest])]
    return taken


def _drop_invalid(values: dict[str, Any]) -> list[str]:
    """Delete, in place, what the schema does not accept; return a sentence for each."""
    faults: list[str] = []
    while True:
        try:
            Settings.model_validate(values)
        except ValidationError as error:
            fault = error.errors()[0]
            path = _delete(values, [str(part) for part in fault["loc"]])
            faults.append(_explain(path, fault["type"], fault["msg"], fault["input"]))
        else:
            return faults


def _delete(values: dict[str, Any], path: list[str]) -> list[str]:
    """Delete the deepest existing entry on a path and return where it was."""
    here = values
    for depth, key in enumerate(path[:-1]):
        following = here[key]
        # A fault inside a list, or in the name of a key, condemns the whole value.
        if not isinstance(following, dict) or path[depth + 1] not in following:
            del here[key]
            return path[: depth + 1]
        here = following
    del here[path[-1]]
    return path


def _explain(path: list[str], kind: str, message: str, value: object) -> str:
    name = ".".join(spell(part) for part in path)
    if kind == "extra_forbidden":
        near = difflib.get_close_matches(path[-1], _field_names(path[:-1]), n=1)
        hint = f"; did you mean '{spell(near[0])}'?" if near else ""
        return f"unknown setting '{name}' is ignored{hint}"
    return f"'{name}' is ignored: {message[0].lower()}{message[1:]} (it is {value!r})"


def _field_names(path: list[str]) -> list[str]:
    model: type[BaseModel] = Settings
    for part in path:
        following = model.model_fields[part].annotation if part in model.model_fields else None
        if not (isinstance(following, type) and issubclass(following, BaseModel)):
            return []
        model = following
    return list(model.model_fields)


def _merge_into(target: dict[str, Any], values: Mapping[str, Any]) -> None:
    for key, value in values.items():
        if isinstance(value, dict) and isinstance(target.get(key), dict):
            _merge_into(target[key], value)
        else:
            target[key] = value
