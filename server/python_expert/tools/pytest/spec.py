"""The specification of pytest."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from python_expert.config.kinds import OneOf, setting
from python_expert.config.settings import ToolSettings
from python_expert.config.tool_spec import ConfigSearch, Role, ToolSpec, Trigger
from python_expert.diagnostics.finding import ToolName
from python_expert.tools.tests import TestOutcome, WhenToRun

PYTEST = ToolName("pytest", "Pytest")

UNCOVERED_LINES, UNCOVERED_BRANCH, LOW_COVERAGE = "uncovered", "uncovered-branch", "low-coverage"
"""The codes of uncovered code, and of too little coverage in total."""


PAGES = {
    TestOutcome.FAILED: "https://docs.pytest.org/en/stable/how-to/assert.html",
    TestOutcome.ERROR: "https://docs.pytest.org/en/stable/explanation/fixtures.html",
    UNCOVERED_LINES: "https://coverage.readthedocs.io/en/latest/excluding.html",
    UNCOVERED_BRANCH: "https://coverage.readthedocs.io/en/latest/branch.html",
    LOW_COVERAGE: "https://coverage.readthedocs.io/en/latest/config.html#report-fail-under",
}
"""The pages of the tools' documentation that explain the codes of findings."""


class WhichCoverage(StrEnum):
    """The kinds of coverage to show."""

    AUTO = "auto"
    """The coverage of runs of all tests, if the project configures coverage.py."""
    ON = "on"
    """The coverage of runs of all tests, and of data that the project's own runs leave."""
    OFF = "off"


@dataclass(frozen=True)
class PytestSettings(ToolSettings):
    """The settings of pytest.

    Attributes:
        run: When tests run: 'manual' on command only, 'save' also those of a test file that you
            save, or of the open test files when you save another file, 'live' also those that an
            edit affects, on unsaved text.
        coverage: Whether what no test runs is shown once all tests have run: 'auto' if the project
            configures coverage.py, 'on' always, and also what an existing .coverage or coverage.xml
            says.
    """

    run: WhenToRun = setting(OneOf(WhenToRun), default=WhenToRun.MANUAL)
    coverage: WhichCoverage = setting(OneOf(WhichCoverage), default=WhichCoverage.AUTO)


SPEC = ToolSpec(
    PYTEST,
    home="https://docs.pytest.org/",
    module=True,
    bundled=False,
    config=ConfigSearch(
        (
            *("pytest.ini", ".pytest.ini", "pytest.toml", ".pytest.toml"),
            *("pyproject.toml", "tox.ini", "setup.cfg"),
        )
    ),
    settings=PytestSettings,
    role=Role.EVIDENCE,
    needs_trust=True,
    when=Trigger.COMMAND,
    optional=frozenset({UNCOVERED_LINES, UNCOVERED_BRANCH}),
    optional_about="what no test runs",
)
