"""The sources of settings, and the merge of defaults < pyproject.toml < editor.

TOML spells names in kebab-case, editors in camelCase; both mean the field with the same name here.
An invalid value is ignored and reported as a fault.
"""

from __future__ import annotations

import copy
import difflib
import re
from typing import TYPE_CHECKING, Any

from python_expert.config.deprecations import rename
from python_expert.config.kinds import Group, InvalidSettingError
from python_expert.config.layers import Layer, read_pyproject
from python_expert.config.settings import ProviderName
from python_expert.text.paths import ancestors
from python_expert.text.repository import enclosing

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from pathlib import Path

    from python_expert.config.kinds import SettingsSection
    from python_expert.config.settings import Settings

EDITOR_ONLY = (
    *("trusted", "interpreter", "log_file", "log_level"),
    *("tools.*.path", "tools.*.args", "tools.*.run", "tools.*.coverage"),
    *("llm.base_url", "llm.prices"),
)
"""The settings that a cloned repository must not change: programs to run and when, files to write,
the whole server's log, the receiver of code, and its prices."""

WIDENING: Mapping[str, Callable[[Any, Settings], bool]] = {
    "llm.provider": lambda value, _own: value == ProviderName.ANTHROPIC,
    "llm.session_token_budget": lambda value, own: value > own.llm.session_token_budget,
    "privacy.redact": lambda value, _own: value is False,
}
"""The values that a repository must not set either, because they allow more than the user's own
settings."""

STRICTEST: Mapping[str, Callable[[Any, Any], Any]] = {
    "llm.session_token_budget": min,
    "privacy.network": lambda one, other: one and other,
    "privacy.ignore": lambda one, other: [*one, *other],
    "privacy.redact": lambda one, other: one or other,
}
"""Functions that combine the values of two sources, for settings in which the later source does not
simply override the earlier one."""

FORBIDDEN: Mapping[str, Any] = {"network": False}
"""The privacy settings that apply if the given ones are invalid."""

NOTHING_SENT = "nothing is sent until"
"""The text with which a fault says that nothing is sent because of invalid privacy settings."""

_VERBATIM = ("severity", "prices")
"""Settings whose keys are rules or models, and not settings."""


def merge(layers: Iterable[Layer], schema: type[Settings]) -> tuple[Settings, list[str]]:
    """Merge settings: later layers override earlier ones; for trust, the strictest applies.

    Args:
        layers: The sources.
        schema: The existing settings.

    Returns:
        The settings, and a sentence for each ignored value.
    """
    layers = list(layers)
    users = [layer for layer in layers if not layer.from_project]
    own = merge(users, schema)[0] if len(users) < len(layers) else schema()
    merged: dict[str, Any] = {}
    faults: list[str] = []
    for layer in layers:
        values = _normalise(layer.values)
        faults += [
            layer.fault(old, f"'{spell(old)}' is deprecated; write '{spell(new)}' instead")
            for old, new in rename(values)
        ]
        if layer.from_project:
            faults += [
                layer.fault(key, f"'{key}' is ignored; only your editor's settings may set it")
                for key in _take_out(values, EDITOR_ONLY)
            ]
        wished = copy.deepcopy(values.get("privacy"))
        faults += [layer.fault(*each) for each in _drop_invalid(values, schema)]
        if values.get("privacy") != wished:
            values["privacy"] = dict(FORBIDDEN)
            words = f"{NOTHING_SENT} all settings under 'privacy' are correct"
            faults.append(layer.fault("privacy", words))
        if layer.from_project:
            faults += [
                layer.fault(key, f"'{key}' is ignored; a project cannot allow more than you do")
                for key in _take_out(values, _widening(values, own))
            ]
        _merge_into(merged, values)
    return schema.read(merged), faults


def load(root: Path, editor: Iterable[Layer], schema: type[Settings]) -> tuple[Settings, list[str]]:
    """Load the settings of a project: the nearest pyproject.toml, overridden by the editor.

    The limits on sent data in pyproject.toml files further up in the repository apply as well.

    Returns:
        The settings, and a sentence for each fault.
    """
    layers: list[Layer] = []
    faults: list[str] = []
    path = root / "pyproject.toml"
    try:
        path = _nearest(root) or path
        for folder in enclosing(path.parent):
            path = folder / "pyproject.toml"
            layer = read_pyproject(path)
            layers.insert(0, layer._replace(values=_limits(layer.values)) if layers else layer)
    except ValueError as error:
        layers.insert(0, Layer(str(path), {"privacy": dict(FORBIDDEN)}, from_project=True))
        faults = [f"{error}; {NOTHING_SENT} this is corrected"]
    settings, more = merge([*layers, *editor], schema)
    return settings, faults + more


def _limits(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the settings by which a folder limits the data that is sent about its content."""
    values = _normalise(values)
    kept = {"privacy": values["privacy"]} if "privacy" in values else {}
    llm, budget = values.get("llm"), "session_token_budget"
    if isinstance(llm, dict) and budget in llm:
        kept["llm"] = {budget: llm[budget]}
    return kept


def _nearest(root: Path) -> Path | None:
    """Return the nearest pyproject.toml.

    Raises:
        ValueError: A folder cannot be searched.
    """
    for folder in ancestors(root):
        path = folder / "pyproject.toml"
        try:
            if path.is_file():
                return path
        except OSError as error:
            raise ValueError(f"{path} cannot be read: {error}") from error
    return None


def spell(name: str) -> str:
    """Return a field's name in TOML's spelling."""
    return name.replace("_", "-")


def without_userinfo(text: str) -> str:
    """Remove user names and passwords from the URLs in a text."""
    return re.sub(r"(?<=://)[^/\s'\"]*@", "", text)


def _normalise(values: Mapping[str, Any]) -> dict[str, Any]:
    """Convert all names to the fields' spelling; an editor's null means 'not set'."""
    result: dict[str, Any] = {}
    for key, value in values.items():
        if value is None:
            continue
        name = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", str(key)).replace("-", "_").lower()
        nested = isinstance(value, dict) and name not in _VERBATIM
        result[name] = _normalise(value) if nested else value
    return result


def _take_out(values: dict[str, Any], names: Iterable[str]) -> list[str]:
    """Delete settings in place, by dotted names with ``*`` for any; return the deleted names."""
    taken = []
    for pattern in names:
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


def _widening(values: Mapping[str, Any], own: Settings) -> list[str]:
    """Return the names of the values that allow more than the user's own settings."""
    found = []
    for name, widens in WIDENING.items():
        group, _, key = name.partition(".")
        if key in values.get(group, {}) and widens(values[group][key], own):
            found.append(name)
    return found


def _drop_invalid(values: dict[str, Any], schema: type[Settings]) -> list[tuple[str, str]]:
    """Delete invalid values in place; return the key and a sentence for each."""
    faults: list[tuple[str, str]] = []
    while True:
        try:
            schema.read(values)
        except InvalidSettingError as error:
            path = _delete(values, error.path)
            words = _explain(path, error, _field_names(path[:-1], schema))
            faults.append((".".join(path), words))
        else:
            return faults


def _delete(values: dict[str, Any], path: Sequence[str]) -> Sequence[str]:
    """Delete the deepest existing entry on a path; return its path."""
    here = values
    for depth, key in enumerate(path[:-1]):
        following = here[key]
        # A single word for all rules has no parts. If an entry is missing, delete the one around
        # it.
        if not isinstance(following, dict) or path[depth + 1] not in following:
            del here[key]
            return path[: depth + 1]
        here = following
    del here[path[-1]]
    return path


def _explain(path: Sequence[str], error: InvalidSettingError, known: Iterable[str]) -> str:
    name = ".".join(spell(part) for part in path)
    if error.is_unknown:
        near = difflib.get_close_matches(path[-1], known, n=1)
        hint = f"; did you mean '{spell(near[0])}'?" if near else ""
        return f"unknown setting '{name}' is ignored{hint}"
    return f"'{name}' is ignored: {error} (it is {without_userinfo(repr(error.value))})"


def _field_names(path: Sequence[str], section: type[SettingsSection]) -> Iterable[str]:
    """Return the settings of the section at a path; none if the path is not a section."""
    for part in path:
        kind = section.kinds().get(part)
        if not isinstance(kind, Group):
            return ()
        section = kind.section
    return section.kinds()


def _merge_into(target: dict[str, Any], values: Mapping[str, Any], within: str = "") -> None:
    for key, value in values.items():
        name = within + key
        if isinstance(value, dict) and isinstance(target.get(key), dict):
            _merge_into(target[key], value, f"{name}.")
        elif key in target and name in STRICTEST:
            target[key] = STRICTEST[name](target[key], value)
        else:
            target[key] = value
