"""The parts of VS Code's manifest that are generated from the server's code.

``python -m tests.manifest`` writes them into client-vscode/package.json; a test fails if the
file differs from them. The texts are in package.nls.json, and the rest of the manifest is
written by hand.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from python_expert.actions.base import ActionScope
from python_expert.actions.registry import ACTIONS
from python_expert.config.deprecations import DEPRECATED
from python_expert.config.kinds import Flag, Group, Number, OneOf, Table, Text, Texts
from python_expert.config.layers import SECTION
from python_expert.config.sources import EDITOR_ONLY
from tests.tools import ALL_NAMES, SCHEMA

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from python_expert.config.kinds import SettingsSection, ValueKind

Schema = dict[str, Any]

PATH = Path(__file__).parents[1] / "client-vscode" / "package.json"

BEFORE: dict[str, Schema] = {
    f"{SECTION}.serverPath": {"type": ["string", "null"], "default": None},
}
AFTER: dict[str, Schema] = {
    f"{SECTION}.trace.server": {
        "type": "string",
        "enum": ["off", "messages", "verbose"],
        "default": "off",
    },
}
"""The client's own settings, before and after the server's."""

CLIENTS_OWN = BEFORE.keys() | AFTER.keys()

SCOPES = {
    r"serverPath|interpreter|tools\..*\.(path|args)": "machine-overridable",
    r"llm\.(baseUrl|prices)|logFile": "machine",
    r"importStrategy|logLevel|trace\..*": "window",
}
"""The scope of some settings, by pattern; the scope of all others is "resource"."""

RESTRICTED = ("serverPath", "importStrategy", "llm.provider")
"""Settings that only a trusted folder may set; others no repository may set at all."""

IN_PYTHON = "editorLangId == python && resourceScheme =~ /^(file|untitled)$/"
"""The condition under which the palette shows the commands for expert actions."""

_ORDER = (
    *("type", "enum", "items", "anyOf", "properties", "required", "additionalProperties"),
    *("default", "minLength", "minimum", "maximum", "scope"),
    *("markdownDescription", "markdownDeprecationMessage"),
)


def camel(name: str) -> str:
    """Return a name in camel case, as VS Code's settings and commands spell it."""
    return re.sub("[_-]([a-z])", lambda match: match[1].upper(), name)


def properties() -> dict[str, Schema]:
    """Return the schemas, defaults and scopes of all settings."""
    servers = {name: _vscode_schema(name, schema) for name, schema in _settings()}
    every = BEFORE | servers | dict(_deprecated(servers)) | AFTER
    return {name: _ordered(schema | _presentation(name)) for name, schema in every.items()}


def actions() -> list[Schema]:
    """Return the expert actions in the form in which the client reads them from its manifest."""
    return [
        {
            "name": action.name,
            "title": action.title,
            "command": camel(action.name),
            "file": ActionScope.FILE in action.kinds,
        }
        for action in ACTIONS
    ]


def commands() -> list[str]:
    """Return the ids of the palette's commands for expert actions."""
    names = [each["command"] for each in actions()]
    names += [f"{each['command']}ToFile" for each in actions() if each["file"]]
    return [f"python-expert.{name}" for name in names]


def menus(known: Mapping[str, list[Schema]]) -> dict[str, list[Schema]]:
    """Return the palette and the editor's menu, with the expert actions first."""
    expected = commands()
    entries: dict[str, list[Schema]] = {
        "python-expert.rewrites": [
            {"command": name, "group": "2_file" if name.endswith("ToFile") else "1_here"}
            for name in expected
        ],
        "commandPalette": [{"command": name, "when": IN_PYTHON} for name in expected],
    }
    return {
        menu: own + [each for each in known[menu] if each["command"] not in expected]
        for menu, own in entries.items()
    }


def restricted() -> list[str]:
    """Return the settings that an untrusted folder may not set."""
    names = [*RESTRICTED, *(name for name in EDITOR_ONLY if name != "trusted")]
    every = (name.replace("*", tool) for name in names for tool in ALL_NAMES)
    known = properties()
    found = dict.fromkeys(f"{SECTION}.{camel(name)}" for name in every)
    return [name for name in found if name in known]


def generated(manifest: Schema) -> Schema:
    """Return a manifest with its generated parts brought up to date."""
    contributes = manifest["contributes"]
    expected = commands()
    known = {each["command"]: each for each in contributes["commands"]}
    fresh = [
        {
            "command": name,
            "category": "Python Expert",
            "title": f"%commands.{name.partition('.')[2]}%",
        }
        for name in expected
    ]
    others = [each for name, each in known.items() if name not in expected]
    trust = manifest["capabilities"]["untrustedWorkspaces"]
    trust = trust | {"restrictedConfigurations": restricted()}
    return manifest | {
        "capabilities": manifest["capabilities"] | {"untrustedWorkspaces": trust},
        "contributes": contributes
        | {
            "configuration": contributes["configuration"] | {"properties": properties()},
            "commands": fresh + others,
            "menus": contributes["menus"] | menus(contributes["menus"]),
        },
        SECTION: {"actions": actions()},
    }


def _settings() -> Iterator[tuple[str, Schema]]:
    """Yield the VS Code name of each server setting, with its schema including the default."""

    def walk(name: str, section: SettingsSection) -> Iterator[tuple[str, Schema]]:
        for key, kind in section.kinds().items():
            default, inner = getattr(section, key), f"{name}.{camel(key)}"
            if isinstance(kind, Group):
                yield from walk(inner, default)
            elif inner != f"{SECTION}.trusted":  # which is VS Code's own workspace trust
                schema = _schema(kind)
                if default is None:
                    schema["type"] = [schema["type"], "null"]
                yield inner, schema | {"default": json.loads(json.dumps(default))}

    yield from walk(SECTION, SCHEMA())


def _deprecated(settings: Mapping[str, Schema]) -> Iterator[tuple[str, Schema]]:
    """Yield the deprecated names of settings, with their schemas."""
    for old, new in DEPRECATED.items():
        schema = settings[f"{SECTION}.{camel(new)}"]
        yield (
            f"{SECTION}.{camel(old)}",
            schema | {"markdownDeprecationMessage": f"%settings.{camel(old)}%"},
        )


def _schema(kind: ValueKind) -> Schema:
    """Return the JSON schema of a kind of values."""
    schema: Schema
    match kind:
        case Flag():
            schema = {"type": "boolean"}
        case Text(least=least):
            schema = {"type": "string"} | ({"minLength": least} if least else {})
        case Texts():
            schema = {"type": "array", "items": {"type": "string"}}
        case OneOf(words=words):
            schema = {"type": "string", "enum": [*words]}
        case Number(type=type_, least=least, most=most):
            schema = {"type": "integer" if type_ is int else "number", "minimum": least}
            schema |= {} if most is None else {"maximum": most}
        case Table(kind=inner):
            schema = {"type": "object", "additionalProperties": _schema(inner)}
        case Group(section=section):
            parts = {key: _schema(each) for key, each in section.kinds().items()}
            schema = {"type": "object", "properties": parts, "required": [*parts]}
            schema["additionalProperties"] = False
        case _:
            raise TypeError(kind)
    return schema


def _vscode_schema(name: str, schema: Schema) -> Schema:
    """Return the schema that VS Code uses; a severity may be one word for all rules."""
    if not name.endswith(".severity"):
        return schema
    default = schema.pop("default")
    one = schema["additionalProperties"]
    return {"type": ["object", "string"], "anyOf": [one, schema], "default": default}


def _presentation(name: str) -> Schema:
    short = name.removeprefix(f"{SECTION}.")
    scope = next((found for kind, found in SCOPES.items() if re.fullmatch(kind, short)), "resource")
    text = re.sub(r"^tools\.[^.]+\.", "tool.", short)
    return {"scope": scope, "markdownDescription": f"%settings.{text}%"}


def _ordered(value: Any) -> Any:  # noqa: ANN401 - JSON is untyped
    """Return schemas with their keys in an order that is easy to read."""
    match value:
        case list():
            return [_ordered(each) for each in value]
        case dict():
            keys = sorted(value, key=lambda key: _ORDER.index(key) if key in _ORDER else -1)
            return {key: _ordered(value[key]) for key in keys}
        case float() if value.is_integer():
            return int(value)
    return value


def main() -> None:
    """Write the manifest."""
    manifest = json.loads(PATH.read_text(encoding="utf-8"))
    text = json.dumps(generated(manifest), indent=2, ensure_ascii=False)
    PATH.write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
