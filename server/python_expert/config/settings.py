"""The schema of all settings, and what each is where nobody says otherwise."""

from __future__ import annotations

from enum import StrEnum
from functools import cache
from typing import TYPE_CHECKING, Annotated, Any, Self
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, create_model

from python_expert.diagnostics.finding import Severity

if TYPE_CHECKING:
    from python_expert.config.tool_spec import ToolSpec

DEFAULT_MODEL = "claude-sonnet-5-5"
"""The newest Sonnet that the SDK names."""


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


def _web_address(value: str) -> str:
    parts = urlsplit(value)
    _ = parts.port  # raises if it is no number
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError("it must be the address of an endpoint, http://… or https://…")
    return value


Arguments = Annotated[tuple[str, ...], Field(strict=False)]
Milliseconds = Annotated[int, Field(ge=0, le=10_000)]
Dollars = Annotated[float, Field(ge=0, allow_inf_nan=False)]
WebAddress = Annotated[str, AfterValidator(_web_address)]
Severities = Annotated[
    dict[str, Annotated[Level, Field(strict=False)]],
    # One word stands for all rules: the empty prefix matches every code.
    BeforeValidator(lambda value: {"": value} if isinstance(value, str) else value),
]


class Style(StrEnum):
    """How docstrings are written."""

    AUTO = "auto"
    GOOGLE = "google"
    NUMPY = "numpy"
    SPHINX = "sphinx"


class ProviderName(StrEnum):
    """The providers, as settings and commands spell them."""

    AUTO = "auto"
    ANTHROPIC = "anthropic"
    OFFLINE = "offline"


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


class Effort(StrEnum):
    """How much thought a model gives to an answer; with AUTO the endpoint decides."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    XHIGH = "xhigh"
    MAX = "max"
    AUTO = "auto"


class _Model(BaseModel):
    model_config = ConfigDict(frozen=True, strict=True, extra="forbid")


class ToolSettings(_Model):
    """The settings of one tool."""

    enabled: bool = Field(
        default=True,
        description="Whether the tool runs as you type and in check. The gate always asks it.",
    )
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
    """The settings of all tools; `schema` adds a field for each."""

    def of(self, name: str) -> ToolSettings:
        """The settings of one tool."""
        settings: ToolSettings = getattr(self, _field(name))
        return settings


def _field(name: str) -> str:
    """The field that has the settings of a tool."""
    return name.replace("-", "_")


class Price(_Model):
    """What a model costs, in US dollars per million tokens."""

    input: Dollars
    output: Dollars


class LlmSettings(_Model):
    """Who proposes rewrites, and how a model is asked. Keys are no settings."""

    provider: Annotated[ProviderName, Field(strict=False)] = Field(
        default=ProviderName.AUTO,
        description="Who proposes: 'auto' asks a model where there is a key and the file may "
        "leave the machine, and else works offline.",
    )
    model: str = Field(default=DEFAULT_MODEL, min_length=1, description="The model to ask.")
    base_url: WebAddress | None = Field(
        default=None,
        description="The endpoint, anything that speaks the Messages API; if not set, "
        "ANTHROPIC_BASE_URL, else Anthropic's own.",
    )
    effort: Annotated[Effort, Field(strict=False)] = Field(
        default=Effort.MEDIUM,
        description="How much thought the model gives to an answer; 'auto' leaves it to the "
        "endpoint, for those that do not know the parameter.",
    )
    timeout_s: float = Field(
        default=120, ge=1, le=3600, description="Seconds for one answer, waits included."
    )
    retries: int = Field(
        default=2,
        ge=0,
        le=10,
        description="How often a request is repeated after an overload, a rate limit or a lost "
        "connection.",
    )
    repair_attempts: int = Field(
        default=2, ge=0, le=2, description="Repair attempts after failed checks."
    )
    concurrency: int = Field(default=8, ge=1, le=32, description="Requests at a time.")
    session_token_budget: int = Field(
        default=500_000, ge=0, description="Tokens, in and out, that one session may use."
    )
    show_actions: bool = Field(
        default=True, description="Whether what a model would do is offered."
    )
    prices: dict[str, Price] = Field(
        default_factory=dict,
        description="Prices that replace the built-in ones, by model: US dollars per million "
        "tokens of input and of output.",
    )


class PrivacySettings(_Model):
    """What may leave the machine. Of several sources, the strictest counts."""

    network: bool = Field(
        default=True, description="Whether anything may be sent at all, for any purpose."
    )
    ignore: Arguments = Field(
        default=(),
        description="Patterns, as in a .gitignore, of files of which nothing is sent, beside "
        "those that git ignores and those that hold keys; one that begins with '!' has no effect.",
    )
    redact: bool = Field(
        default=True, description="Whether secrets in the code are replaced before it is sent."
    )


class Settings(_Model):
    """All settings of one project; `schema` adds those of the tools."""

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
    llm: LlmSettings = LlmSettings()
    privacy: PrivacySettings = PrivacySettings()
    log_level: Annotated[LogLevel, Field(strict=False)] = LogLevel.INFO
    log_file: str | None = Field(default=None, description="Log here rather than on stderr.")

    def with_args(self, name: str, args: tuple[str, ...]) -> Self:
        """The same settings with further command-line arguments for one tool."""
        tool = self.tools.of(name)
        more = tool.model_copy(update={"args": (*tool.args, *args)})
        tools = self.tools.model_copy(update={_field(name): more})
        return self.model_copy(update={"tools": tools})


@cache
def schema(tools: tuple[ToolSpec, ...]) -> type[Settings]:
    """The schema of all settings where there are some tools."""
    fields: dict[str, Any] = {_field(tool.name): (tool.settings, tool.settings()) for tool in tools}
    made = create_model("Tools", __base__=Tools, **fields)
    return create_model("Settings", __base__=Settings, tools=(made, made()))
