"""Where settings come from, and the one merge of defaults < pyproject.toml < editor.

TOML spells names in kebab-case, editors in camelCase; both mean the field of the same name
here. A value that is wrong is left out and reported as a fault, never guessed at.
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
"""What a cloned repository may not set: programs to run and when, files to write, the whole
server's log, whom code is sent to, and what that is said to cost."""

WIDENING: Mapping[str, Callable[[Any, Settings], bool]] = {
    "llm.provider": lambda value, _own: value == ProviderName.ANTHROPIC,
    "llm.session_token_budget": lambda value, own: value > own.llm.session_token_budget,
    "privacy.redact": lambda value, _own: value is False,
}
"""What else it may not: values that allow more than the user's own settings do."""

STRICTEST: Mapping[str, Callable[[Any, Any], Any]] = {
    "llm.session_token_budget": min,
    "privacy.network": lambda one, other: one and other,
    "privacy.ignore": lambda one, other: [*one, *other],
    "privacy.redact": lambda one, other: one or other,
}
"""How what two sources say is combined, where the later one does not simply win."""

FORBIDDEN: Mapping[str, Any] = {"network": False}
"""The privacy settings that are used when those given cannot be understood."""

NOTHING_SENT = "nothing is sent until"
"""Where what may be sent cannot be understood, a fault says so in these words."""

_VERBATIM = ("severity", "prices")
"""Settings whose keys are rules or models, and no settings themselves."""


def merge(layers: Iterable[Layer], schema: type[Settings]) -> tuple[Settings, list[str]]:
    """Merge settings, later layers over earlier ones; where it is a matter of trust, the strictest.

    Args:
        layers: The sources.
        schema: The settings that there are.

    Returns:
        The settings, and a sentence for each value that was left out.
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
    """The settings of a project: the nearest pyproject.toml's, and over them the editor's.

    Of those further up in the repository, what limits what is sent holds as well.

    Returns:
        The settings, and a sentence for each fault found on the way.
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
    """Of settings, those by which a folder limits what is sent of all that is in it."""
    values = _normalise(values)
    kept = {"privacy": values["privacy"]} if "privacy" in values else {}
    llm, budget = values.get("llm"), "session_token_budget"
    if isinstance(llm, dict) and budget in llm:
        kept["llm"] = {budget: llm[budget]}
    return kept


def _nearest(root: Path) -> Path | None:
    """The nearest pyproject.toml; where one must not be looked for, ValueError says so."""
    for folder in ancestors(root):
        path = folder / "pyproject.toml"
        try:
            if path.is_file():
                return path
        except OSError as error:
            raise ValueError(f"{path} cannot be read: {error}") from error
    return None


def spell(name: str) -> str:
    """A field's name as TOML spells it."""
    return name.replace("_", "-")


def without_userinfo(text: str) -> str:
    """A text with the user names and passwords of the addresses in it left out."""
    return re.sub(r"(?<=://)[^/\s'\"]*@", "", text)


def _normalise(values: Mapping[str, Any]) -> dict[str, Any]:
    """Spell all names as the fields are; an editor's null means 'not set'."""
    result: dict[str, Any] = {}
    for key, value in values.items():
        if value is None:
            continue
        name = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", str(key)).replace("-", "_").lower()
        nested = isinstance(value, dict) and name not in _VERBATIM
        result[name] = _normalise(value) if nested else value
    return result


def _take_out(values: dict[str, Any], names: Iterable[str]) -> list[str]:
    """Delete settings, in place, by dotted names with ``*`` for any; return those there were."""
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
    """The names of the values that allow more than the user's own settings do."""
    found = []
    for name, widens in WIDENING.items():
        group, _, key = name.partition(".")
        if key in values.get(group, {}) and widens(values[group][key], own):
            found.append(name)
    return found


def _drop_invalid(values: dict[str, Any], schema: type[Settings]) -> list[tuple[str, str]]:
    """Delete, in place, what the schema does not accept; return the key and a sentence for each."""
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
    """Delete the deepest existing entry on a path and return where it was."""
    here = values
    for depth, key in enumerate(path[:-1]):
        following = here[key]
        # One word for all rules has no parts; where something is missing, all around it goes.
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
    """The settings of the section at a path; none where there is no section."""
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
