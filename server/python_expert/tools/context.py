"""One root as its tools find it: settings, programs and configuration files."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from python_expert.config.settings import Profile
from python_expert.text.document import Encoding

if TYPE_CHECKING:
    from pathlib import Path

    from python_expert.config.interpreters import Environment
    from python_expert.config.settings import Settings
    from python_expert.config.tool_files import ConfigFiles
    from python_expert.diagnostics.finding import ToolName


@dataclass(frozen=True)
class ToolContext:
    """What a project's tools are made for.

    Attributes:
        root: The project's folder.
        settings: Its settings.
        environment: Its interpreter, and the tools' programs.
        config_files: The tools' configuration files.
        encoding: The position encoding spoken with the editor.
    """

    root: Path
    settings: Settings
    environment: Environment
    config_files: ConfigFiles
    encoding: Encoding = Encoding.UTF32

    def config(self, name: ToolName, path: Path | None) -> Path | None:
        """The configuration file of a tool for a file (None: one never saved), or None."""
        return self.config_files.find(name, path.parent if path else self.root)

    def is_expert(self, name: ToolName, path: Path | None) -> bool:
        """Whether the expert profile applies to a file (None: one never saved)."""
        if self.settings.profile is not Profile.AUTO:
            return self.settings.profile is Profile.EXPERT
        return self.config(name, path) is None
