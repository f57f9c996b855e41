"""What pytest is."""

from __future__ import annotations

from dataclasses import dataclass

from python_expert.config.kinds import OneOf, setting
from python_expert.config.settings import ToolSettings
from python_expert.config.tool_spec import ConfigSearch, Role, ToolSpec, Trigger
from python_expert.diagnostics.finding import ToolName
from python_expert.tools.tests import WhenToRun

PYTEST = ToolName("pytest", "Pytest")


@dataclass(frozen=True)
class PytestSettings(ToolSettings):
    """The settings of pytest.

    Attributes:
        run: When tests run: 'manual' on command only, 'save' also those of a test file that you
            save, or of the open test files when you save another file, 'live' also those that an
            edit affects, on unsaved text.
    """

    run: WhenToRun = setting(OneOf(WhenToRun), default=WhenToRun.MANUAL)


SPEC = ToolSpec(
    PYTEST,
    home="https://docs.pytest.org/",
    module=True,
    bundled=False,
    config=ConfigSearch(
        ("pytest.ini", ".pytest.ini", "pytest.toml", ".pytest.toml", "pyproject.toml", "tox.ini")
    ),
    settings=PytestSettings,
    role=Role.EVIDENCE,
    needs_trust=True,
    when=Trigger.COMMAND,
)
