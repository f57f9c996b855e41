"""The context of a tool's project: settings, programs and configuration files."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from python_expert.config.python_versions import RequiredPython, ToolTarget, required_python
from python_expert.config.settings import Profile
from python_expert.text.columns import Encoding

if TYPE_CHECKING:
    from pathlib import Path

    from python_expert.config.interpreters import Environment
    from python_expert.config.settings import Settings
    from python_expert.config.tool_files import ConfigFiles
    from python_expert.config.tool_spec import ToolSpec

TEST_FILES = ("**/tests/**", "**/test/**", "**/test_*.py", "**/*_test.py", "**/conftest.py")
"""Patterns of the files in which the expert profile allows ``assert``, for every tool."""


@dataclass(frozen=True)
class ToolContext:
    """The context that a project's tools are created for.

    Attributes:
        root: The project's folder.
        settings: Its settings.
        environment: Its interpreter, and the tools' programs.
        config_files: The tools' configuration files.
        encoding: The editor's position encoding.
    """

    root: Path
    settings: Settings
    environment: Environment
    config_files: ConfigFiles
    encoding: Encoding = Encoding.UTF32

    def may_run(self, spec: ToolSpec) -> bool:
        """Return whether a tool may run in this folder."""
        return self.settings.trusted or not spec.needs_trust

    def program(self, name: str) -> Path:
        """Return the program of a tool."""
        return self.environment.tools[name].path

    def args(self, name: str) -> tuple[str, ...]:
        """Return the user's arguments for a tool; none in an untrusted folder."""
        return self.settings.tools.of(name).args if self.settings.trusted else ()

    def changes(self, name: str) -> int:
        """Return the number of changes of a tool's configuration files."""
        return self.config_files.changes[name]

    def config(self, name: str, path: Path | None) -> Path | None:
        """Return a tool's configuration file for a file (None if it was never saved), if any."""
        return self.config_files.find(name, path.parent if path else self.root)

    def is_expert(self, name: str, path: Path | None) -> bool:
        """Return whether the expert profile applies to a file (None if it was never saved)."""
        if self.settings.profile is not Profile.AUTO:
            return self.settings.profile is Profile.EXPERT
        return self.config(name, path) is None

    def required_python(self, path: Path | None) -> RequiredPython | None:
        """Return the oldest Python that a file must run on, if it is configured.

        Reads files, so do not call it on the event loop.
        """
        targets = [
            ToolTarget(spec.name, spec.python_key, self.config(spec.name, path))
            for spec in self.config_files.tools
            if spec.python_key
        ]
        return required_python(path.parent if path else self.root, targets)
