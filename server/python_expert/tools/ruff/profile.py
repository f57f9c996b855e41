"""The expert profile for ruff: the rules for projects that configure none."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

from python_expert.config.conventions import formatters, style_guide
from python_expert.config.security_rules import unwanted_by_bandit
from python_expert.config.settings import Profile
from python_expert.tools.context import TEST_FILES
from python_expert.tools.ruff.spec import RUFF

if TYPE_CHECKING:
    from pathlib import Path

    from python_expert.tools.context import ToolContext

EXPERT_RULES: Final = (
    "E", "W", "F", "I", "B", "C4", "UP", "ARG", "SIM", "TC", "PTH", "RUF", "S", "ASYNC", "BLE",
    "PERF", "FURB", "PIE", "DTZ", "LOG", "T10",
    "RET501", "RET504",
    "TRY002", "TRY203", "TRY401",
    "PLE", "PLR01", "PLR02", "PLR04", "PLR17", "PLR2004", "PLR5501",
    "PLW01", "PLW02", "PLW0602", "PLW0604", "PLW0642", "PLW07", "PLW15", "PLW21", "PLW33",
)  # fmt: skip
"""The rules for files of projects that do not configure ruff.

A rule is omitted if it reports deliberate code in well-maintained packages (attrs, httpx and
Starlette), for example RET505, TRY003, TRY201, PLW2901 and PLW1641.
"""

TASTE: Final = ("FURB167", "LOG004", "PIE790")
"""Rules of these families that are ignored, because they report deliberate code (in aiohttp,
Tornado and Jinja)."""

IN_TESTS: Final = ("DTZ", "LOG015", "PIE807", "PLR2004", "S101", "TRY002")
"""Rules that are ignored in tests, because they report usual code there."""

OWN_CODES: Final = ("PE",)
"""Codes in ``# noqa`` comments that are Python Expert's own rules; ruff must not remove them."""

FAULT_RULES: Final = (
    "E4", "E7", "E9", "F", "B", "S", "ASYNC", "BLE", "DTZ", "PLE", "RUF006", "RUF012",
)  # fmt: skip
"""The rules for projects that use another formatter: faults, but no matters of style."""

SHARED_CODES: Final = (
    "E401", "E402", "E501", "E701", "E702", "E703", "E711", "E712", "E713", "E714", "E721", "E722",
    "E731", "E741", "E742", "E743", "W191", "W291", "W292", "W293", "W605",
    "F401", "F403", "F405", "F541", "F811", "F841",
)  # fmt: skip
"""Codes of flake8 that ruff has under the same name; codes that flake8's configuration ignores are
ignored here as well."""

_LONGEST_LINE: Final = 320
"""The longest line that ruff accepts as a setting."""

BREAKS_OLDER: Final = (
    "B905", "B911", "FURB161", "FURB162", "FURB188", "PTH115",
    "RUF007", "RUF058", "UP006", "UP007", "UP011", "UP017",
    "UP033", "UP035", "UP036", "UP037", "UP040", "UP041", "UP042", "UP043", "UP044", "UP045",
    "UP046", "UP047",
)  # fmt: skip
"""Rules that recommend features which some Python 3 version lacks. Ruff
itself respects the version if it is given. They are the rules for which ruff finds more with a
newer target version.

The oldest supported ruff must know each code, because it rejects a configuration with an unknown
one. B912, which is newer, needs a target of 3.14, and ruff's default is older.
"""

IN_NO_PYTHON_36: Final = ("UP021", "UP022")
IN_NO_PYTHON_35: Final = ("B904", "RUF012")
"""Rules that recommend features which Python 3.6, or 3.5 and 2, lack; ruff knows no Python before
3.7."""

_OLDEST_TARGET: Final = 7
_NEWEST_TARGET: Final = 13
"""The minor versions of Python that every supported ruff knows; targets are clipped to this range.
"""


class ExpertProfile(NamedTuple):
    """The expert profile as it applies to a file.

    Attributes:
        select: The rules.
        ignore: Rules that are disabled.
        target: The oldest Python that the code must run on, as ruff writes it, or empty.
        line_length: The maximum line length, or 0 for ruff's default.
    """

    select: tuple[str, ...] = EXPERT_RULES
    ignore: tuple[str, ...] = ()
    target: str = ""
    line_length: int = 0

    @property
    def lint(self) -> dict[str, Any]:
        """Ruff's settings for linting."""
        return {
            "select": list(self.select),
            "ignore": [*TASTE, *self.ignore],
            "external": list(OWN_CODES),
            "per-file-ignores": {pattern: list(IN_TESTS) for pattern in TEST_FILES},
        }

    @property
    def configuration(self) -> dict[str, Any]:
        """Ruff's settings."""
        settings: dict[str, Any] = {"lint": self.lint}
        if self.target:
            settings["target-version"] = self.target
        if self.line_length:
            settings["line-length"] = self.line_length
        return settings


EXPERT: Final = ExpertProfile()
"""The complete expert profile."""


def expert_profile(context: ToolContext, path: Path | None) -> ExpertProfile | None:
    """Return the expert profile for a file (None if it was never saved), if it applies.

    Respects the project's other files: another formatter, bandit's tests, and the oldest Python.
    Reads files.
    """
    if not context.is_expert(RUFF, path):
        return None
    python = context.required_python(path)
    profile = _for_python(python.version) if python else EXPERT._replace(ignore=BREAKS_OLDER)
    if context.settings.profile is not Profile.AUTO:
        return profile
    folder = path.parent if path else context.root
    if formatters(folder):
        profile = profile._replace(select=FAULT_RULES)
    guide = style_guide(folder)
    unwanted = [code for code in SHARED_CODES if code.startswith(guide.ignored)]
    profile = profile._replace(
        ignore=(*profile.ignore, *unwanted), line_length=min(guide.line_length, _LONGEST_LINE)
    )
    if bandit := context.config("bandit", path):
        profile = profile._replace(ignore=(*profile.ignore, *sorted(unwanted_by_bandit(bandit))))
    return profile


def _for_python(oldest: tuple[int, int]) -> ExpertProfile:
    """Return the profile for code that must run on a Python version."""
    minor = max(_OLDEST_TARGET, min(oldest[1], _NEWEST_TARGET))
    profile = EXPERT._replace(target=f"py3{minor}")
    if oldest < (3, 6):  # most style rules need newer features, such as f-strings
        return profile._replace(select=FAULT_RULES, ignore=IN_NO_PYTHON_35)
    return profile._replace(ignore=IN_NO_PYTHON_36) if oldest < (3, 7) else profile
