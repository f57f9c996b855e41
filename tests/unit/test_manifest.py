"""VS Code's manifest says of the settings and commands what the server's own code says."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from python_expert import __version__
from python_expert.config.sources import EDITOR_ONLY, SECTION
from python_expert.lsp.server import make_server
from tests.tools import NAMES, SCHEMA

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

Schema = dict[str, Any]

FOLDER = Path(__file__).parents[2] / "client-vscode"
MANIFEST: Schema = json.loads((FOLDER / "package.json").read_text(encoding="utf-8"))
WORDS: dict[str, str] = json.loads((FOLDER / "package.nls.json").read_text(encoding="utf-8"))
PROPERTIES: dict[str, Schema] = MANIFEST["contributes"]["configuration"]["properties"]

CLIENTS_OWN = {f"{SECTION}.serverPath", f"{SECTION}.trace.server"}
PRESENTATION = {"scope", "description", "markdownDescription", "title"}
"""What a property or a schema has besides what values it takes."""


def camel(name: str) -> str:
    """A field's name as VS Code's settings spell it."""
    return re.sub("_([a-z])", lambda match: match[1].upper(), name)


def plain(schema: Schema, definitions: Mapping[str, Schema]) -> Schema:
    """A schema as the manifest writes it: without references, and ``null`` among the types."""
    if "$ref" in schema:
        schema = {**definitions[schema["$ref"].rpartition("/")[2]], **schema}
        del schema["$ref"]
    schema = {key: value for key, value in schema.items() if key not in PRESENTATION}
    match schema.get("anyOf"):
        case [{"type": str(kind)}, {"type": "null"}]:
            del schema["anyOf"]
            schema["type"] = [kind, "null"]
    if schema.get("type") == "object" and "properties" in schema:
        parts = schema["properties"].items()
        schema["properties"] = {key: plain(part, definitions) for key, part in parts}
    for key in ("items", "additionalProperties"):
        if isinstance(schema.get(key), dict):
            schema[key] = plain(schema[key], definitions)
    return schema


def settings() -> Iterator[tuple[str, Schema]]:
    """Each of the server's settings, as VS Code spells it, with its schema and its default."""
    definitions = SCHEMA.model_json_schema()["$defs"]
    defaults = SCHEMA().model_dump(mode="json")

    def walk(name: str, schema: Schema, default: object) -> Iterator[tuple[str, Schema]]:
        schema = plain(schema, definitions)
        if isinstance(default, dict) and "properties" in schema:
            for key, part in schema["properties"].items():
                yield from walk(f"{name}.{camel(key)}", part, default[key])
        else:
            yield name, schema | {"default": default}

    for key, part in SCHEMA.model_json_schema()["properties"].items():
        if key != "trusted":  # which is VS Code's own workspace trust
            yield from walk(f"{SECTION}.{camel(key)}", part, defaults[key])


def taken(name: str, schema: Schema) -> Schema:
    """What VS Code is to say of a setting; one word stands for the severity of all rules."""
    if not name.endswith(".severity"):
        return schema
    default = schema.pop("default")
    one = schema["additionalProperties"]
    return {"type": ["object", "string"], "anyOf": [one, schema], "default": default}


SETTINGS = dict(settings())


def test_every_setting_of_the_server_and_no_other_is_offered() -> None:
    assert PROPERTIES.keys() == SETTINGS.keys() | CLIENTS_OWN


@pytest.mark.parametrize("name", SETTINGS)
def test_a_setting_takes_what_the_server_takes_and_has_its_default(name: str) -> None:
    said = {key: value for key, value in PROPERTIES[name].items() if key not in PRESENTATION}
    assert said == taken(name, SETTINGS[name])


def test_every_setting_is_described() -> None:
    for name, schema in PROPERTIES.items():
        assert schema["markdownDescription"].startswith("%settings."), name


@pytest.mark.parametrize("name", EDITOR_ONLY)
def test_what_a_cloned_repository_may_not_set_is_restricted(name: str) -> None:
    restricted = MANIFEST["capabilities"]["untrustedWorkspaces"]["restrictedConfigurations"]
    assert set(restricted) <= PROPERTIES.keys()
    if name == "trusted":
        return
    for tool in NAMES:
        assert f"{SECTION}.{camel(name.replace('*', tool))}" in restricted


@pytest.mark.parametrize(
    "name", [name for name in PROPERTIES if re.search(r"([pP]ath|args|interpreter|File)$", name)]
)
def test_a_path_belongs_to_a_machine_and_is_not_carried_to_another(name: str) -> None:
    scope = "machine" if name == f"{SECTION}.logFile" else "machine-overridable"
    assert PROPERTIES[name]["scope"] == scope


def strings(value: object) -> Iterator[str]:
    """All texts in JSON."""
    match value:
        case str():
            yield value
        case list():
            for each in value:
                yield from strings(each)
        case dict():
            yield from strings(list(value.values()))


def test_every_text_that_is_named_exists_and_is_used() -> None:
    used = {match[1] for text in strings(MANIFEST) if (match := re.fullmatch("%(.+)%", text))}
    assert used == WORDS.keys()


def test_no_command_of_the_palette_has_an_id_of_the_server_s() -> None:
    contributes = MANIFEST["contributes"]
    palette = {each["command"] for each in contributes["commands"]}
    server = set(make_server().protocol.fm.commands)
    assert len(palette) == len(contributes["commands"])
    assert f"{SECTION}.rewrite" in server
    assert not palette & server


def test_every_command_that_is_referred_to_is_contributed() -> None:
    contributes = MANIFEST["contributes"]
    palette = {each["command"] for each in contributes["commands"]}
    entries = [entry for menu in contributes["menus"].values() for entry in menu]
    linked = {
        command for text in WORDS.values() for command in re.findall(r"\(command:([\w.-]+)\)", text)
    }
    named = {entry["command"] for entry in entries if "command" in entry} | linked
    assert {name for name in named if not name.startswith("workbench.")} <= palette


def test_the_extension_has_the_server_s_version() -> None:
    assert MANIFEST["version"] == __version__
