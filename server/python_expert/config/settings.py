"""The schema of all settings, and their defaults."""

from __future__ import annotations

from dataclasses import dataclass, make_dataclass, replace
from enum import StrEnum
from functools import cache
from typing import TYPE_CHECKING, Self
from urllib.parse import urlsplit

from python_expert.config.kinds import (
    Flag,
    Group,
    Number,
    OneOf,
    SettingsSection,
    Table,
    Text,
    Texts,
    setting,
)
from python_expert.diagnostics.finding import Severity

if TYPE_CHECKING:
    from collections.abc import Mapping

    from python_expert.config.tool_spec import ToolSpec

DEFAULT_MODEL = "claude-sonnet-5-5"
"""The newest Sonnet that the SDK lists."""


class Level(StrEnum):
    """A severity, as written in settings."""

    ERROR = "error"
    WARNING = "warning"
    INFORMATION = "information"
    HINT = "hint"

    @property
    def severity(self) -> Severity:
        """The severity of this level."""
        return Severity[self.name]


def _check_web_address(value: str) -> None:
    parts = urlsplit(value)
    _ = parts.port  # raises if it is not a number
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError("it must be the address of an endpoint, http://… or https://…")


class Style(StrEnum):
    """The styles of docstrings."""

    AUTO = "auto"
    GOOGLE = "google"
    NUMPY = "numpy"
    SPHINX = "sphinx"


class ProviderName(StrEnum):
    """The providers, as written in settings and commands."""

    AUTO = "auto"
    ANTHROPIC = "anthropic"
    OFFLINE = "offline"


class Profile(StrEnum):
    """The selection of rules: the project's, the expert profile, or the latter if there is none."""

    AUTO = "auto"
    EXPERT = "expert"
    PROJECT = "project"


class ImportStrategy(StrEnum):
    """The source of tools: the project's environment first, or always the bundled tools."""

    FROM_ENVIRONMENT = "from-environment"
    USE_BUNDLED = "use-bundled"


class LogLevel(StrEnum):
    """The levels of the log."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"
    DEBUG = "debug"


class HoverContent(StrEnum):
    """The content of hovers."""

    AUTO = "auto"
    """Like `ON`; an editor that knows of another server's hovers sends `FINDINGS` instead."""
    ON = "on"
    """The explanations of findings, and the types and docstrings of names."""
    FINDINGS = "findings"
    """The explanations of findings."""
    OFF = "off"


class Effort(StrEnum):
    """The effort that a model spends on an answer; with AUTO the endpoint decides."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    XHIGH = "xhigh"
    MAX = "max"
    AUTO = "auto"


_MILLISECONDS = Number(0, 10_000)
_DOLLARS = Number(0, type=float)


@dataclass(frozen=True)
class ToolSettings(SettingsSection):
    """The settings of one tool.

    Attributes:
        enabled: Whether the tool runs as you type and in check. The gate always runs it.
        path: The tool's executable; for mypy and bandit, also a Python in which it is installed.
        args: Additional command-line arguments.
        severity: A severity for all findings, or one for each rule prefix.
        debounce_ms: Milliseconds without typing before the tool runs.
    """

    enabled: bool = setting(Flag(), default=True)
    path: str | None = setting(Text(), default=None)
    args: tuple[str, ...] = setting(Texts(), default=())
    # A single word applies to all rules: the empty prefix matches every code.
    severity: Mapping[str, Level] = setting(Table(OneOf(Level), one_for_all=True))
    debounce_ms: int = setting(_MILLISECONDS, default=0)

    def severity_of(self, code: str) -> Severity | None:
        """Return the severity set for a rule, by the longest matching prefix, if any."""
        prefixes = [prefix for prefix in self.severity if code.startswith(prefix)]
        return self.severity[max(prefixes, key=len)].severity if prefixes else None


@dataclass(frozen=True)
class BackgroundToolSettings(ToolSettings):
    """The settings of a tool that lets faster ones begin first."""

    debounce_ms: int = setting(_MILLISECONDS, default=10)


@dataclass(frozen=True)
class SlowToolSettings(ToolSettings):
    """The settings of a tool that is too slow to run at every keystroke."""

    debounce_ms: int = setting(_MILLISECONDS, default=50)


@dataclass(frozen=True)
class Tools(SettingsSection):
    """The settings of all tools; `schema` adds a field for each."""

    def of(self, name: str) -> ToolSettings:
        """Return the settings of one tool."""
        settings: ToolSettings = getattr(self, _field(name))
        return settings


def _field(name: str) -> str:
    """Return the name of the field with the settings of a tool."""
    return name.replace("-", "_")


@dataclass(frozen=True)
class Price(SettingsSection):
    """The price of a model, in US dollars per million tokens.

    Attributes:
        input: The price of input.
        output: The price of output.
    """

    input: float = setting(_DOLLARS)
    output: float = setting(_DOLLARS)


@dataclass(frozen=True)
class FeatureSettings(SettingsSection):
    """What editors show.

    Attributes:
        hover: What a hover shows: 'on' explains the rules of findings and shows the types and
            docstrings of names, 'findings' explains findings only, 'off' shows nothing. 'auto' is
            'on', but in VS Code 'findings' beside another server that shows types.
    """

    hover: HoverContent = setting(OneOf(HoverContent), default=HoverContent.AUTO)


@dataclass(frozen=True)
class LlmSettings(SettingsSection):
    """Who proposes rewrites, and how a model is asked. API keys are not settings.

    Attributes:
        provider: Who proposes rewrites; 'auto' asks a model if there is an API key and the file may
            leave the machine, and works offline otherwise.
        model: The model to ask.
        base_url: The URL of an endpoint for the Messages API; if not set, ANTHROPIC_BASE_URL, or
            Anthropic's endpoint.
        effort: How much effort the model spends on an answer; 'auto' sends no such parameter, for
            endpoints that do not support it.
        timeout_s: The timeout of one answer in seconds, including waits.
        retries: How often a request is repeated after an overload, a rate limit or a lost
            connection.
        repair_attempts: Repair attempts after failed checks.
        concurrency: How many requests run at the same time.
        session_token_budget: How many input and output tokens one session may use.
        show_actions: Whether rewrites by a model are offered.
        prices: Prices that replace the built-in ones, by model.
    """

    provider: ProviderName = setting(OneOf(ProviderName), default=ProviderName.AUTO)
    model: str = setting(Text(least=1), default=DEFAULT_MODEL)
    base_url: str | None = setting(Text(check=_check_web_address), default=None)
    effort: Effort = setting(OneOf(Effort), default=Effort.MEDIUM)
    timeout_s: float = setting(Number(1, 3600, float), default=120.0)
    retries: int = setting(Number(0, 10), default=2)
    repair_attempts: int = setting(Number(0, 2), default=2)
    concurrency: int = setting(Number(1, 32), default=8)
    session_token_budget: int = setting(Number(0), default=500_000)
    show_actions: bool = setting(Flag(), default=True)
    prices: Mapping[str, Price] = setting(Table(Group(Price)))


@dataclass(frozen=True)
class PrivacySettings(SettingsSection):
    """What may leave the machine. Of several sources, the strictest applies.

    Attributes:
        network: Whether anything may be sent at all, for any purpose.
        ignore: Patterns, as in a .gitignore, of files that are never sent, like those that git
            ignores and those that contain keys; a pattern that begins with '!' has no effect.
        redact: Whether secrets in the code are replaced before it is sent.
    """

    network: bool = setting(Flag(), default=True)
    ignore: tuple[str, ...] = setting(Texts(), default=())
    redact: bool = setting(Flag(), default=True)


@dataclass(frozen=True)
class Settings(SettingsSection):
    """All settings of one project; `schema` adds those of the tools.

    Attributes:
        tools: The settings of the tools.
        profile: The rules to apply; 'auto' uses the expert profile for each tool that the project
            does not configure.
        interpreter: The project's Python interpreter; detected if not set.
        import_strategy: Whether the tools of the project's environment are preferred.
        trusted: If false, only bundled tools run, and no code of the project.
        docstring_style: The style of docstrings; 'auto' uses that of the file or the project, or
            Google style.
        features: What editors show.
        llm: Who proposes rewrites.
        privacy: What may leave the machine.
        log_level: How much is logged.
        log_file: The log file; stderr if not set.
    """

    tools: Tools = setting(Group(Tools))
    profile: Profile = setting(OneOf(Profile), default=Profile.AUTO)
    interpreter: str | None = setting(Text(), default=None)
    import_strategy: ImportStrategy = setting(
        OneOf(ImportStrategy), default=ImportStrategy.FROM_ENVIRONMENT
    )
    trusted: bool = setting(Flag(), default=True)
    docstring_style: Style = setting(OneOf(Style), default=Style.AUTO)
    features: FeatureSettings = setting(Group(FeatureSettings))
    llm: LlmSettings = setting(Group(LlmSettings))
    privacy: PrivacySettings = setting(Group(PrivacySettings))
    log_level: LogLevel = setting(OneOf(LogLevel), default=LogLevel.INFO)
    log_file: str | None = setting(Text(), default=None)

    def with_args(self, name: str, args: tuple[str, ...]) -> Self:
        """Return the same settings with additional command-line arguments for one tool."""
        tool = self.tools.of(name)
        changed = {_field(name): replace(tool, args=(*tool.args, *args))}
        return replace(self, tools=replace(self.tools, **changed))


@cache
def schema(tools: tuple[ToolSpec, ...]) -> type[Settings]:
    """Return the schema of all settings, including those of some tools."""
    known = [(_field(each.name), each.settings, setting(Group(each.settings))) for each in tools]
    made = make_dataclass("Tools", known, bases=(Tools,), frozen=True)
    field = ("tools", made, setting(Group(made)))
    return make_dataclass("Settings", [field], bases=(Settings,), frozen=True)
