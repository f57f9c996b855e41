"""The settings of one source: pyproject.toml or an editor."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple

from python_expert.config.toml_files import key_at, line_of, read_toml
from python_expert.config.tool_files import read

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

SECTION = "pythonExpert"
TABLE = "python-expert"

_TOML_PLACE = re.compile(r" \(at line (\d+), column \d+\)$")


class Layer(NamedTuple):
    """Settings from one source.

    Attributes:
        origin: The name of the source in messages.
        values: The settings, in the spelling of TOML or of editors.
        from_project: True for pyproject.toml, which must not set some settings.
        text: The text of that file.
    """

    origin: str
    values: Mapping[str, Any]
    from_project: bool = False
    text: str = ""

    def fault(self, key: str, words: str) -> str:
        """Return the description of a fault in a setting, with its place in the file."""
        line = line_of(self.text, "tool", TABLE, *key.split("."))
        if line is None:
            return f"{self.origin}: {words}"
        return f"{self.origin}:{line + 1}: [tool.{TABLE}] {words}"


def read_pyproject(path: Path) -> Layer:
    """Read ``[tool.python-expert]`` from a pyproject.toml; a missing file has no settings.

    Raises:
        ValueError: The file cannot be read or is not valid TOML; the message names the place.
    """
    origin = str(path)
    try:
        data = read_toml(path)
    except (FileNotFoundError, NotADirectoryError):
        return Layer(origin, {}, from_project=True)
    except OSError as error:
        raise ValueError(f"{path} cannot be read: {error}") from error
    except ValueError as error:
        place = _TOML_PLACE.search(str(error))
        at = f":{place[1]}" if place else ""
        key = key_at(read(path).splitlines()[int(place[1]) - 1]) if place else ""
        what = _TOML_PLACE.sub("", str(error))
        raise ValueError(f"{path}{at}: {f'{key}: ' if key else ''}{what}") from error
    table = data.get("tool", {})
    values = table.get(TABLE, {}) if isinstance(table, dict) else {}
    values = values if isinstance(values, dict) else {}
    return Layer(origin, values, from_project=True, text=read(path) if values else "")


def editor_layer(values: object, origin: str = "editor settings") -> Layer:
    """Return the settings that an editor sent, bare or under ``pythonExpert``; otherwise empty."""
    if isinstance(values, dict) and isinstance(values.get(SECTION), dict):
        values = values[SECTION]
    return Layer(origin, values if isinstance(values, dict) else {})
