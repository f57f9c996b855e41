"""VS Code's manifest agrees with the server's code about settings and commands."""

from __future__ import annotations

import json
import re
from types import SimpleNamespace
from typing import TYPE_CHECKING

import pytest

from python_expert import __version__
from python_expert.actions.registry import ACTIONS
from python_expert.config.layers import SECTION
from python_expert.config.settings import schema
from python_expert.config.sources import EDITOR_ONLY
from python_expert.lsp.commands import COMMANDS
from tests import manifest
from tests.manifest import PATH, Schema, camel, generated
from tests.tools import ALL_NAMES, SPECS
from tests.toy_tool import TOY, Toy

if TYPE_CHECKING:
    from collections.abc import Iterator

MANIFEST: Schema = json.loads(PATH.read_text(encoding="utf-8"))
WORDS: dict[str, str] = json.loads(PATH.with_name("package.nls.json").read_text(encoding="utf-8"))
PROPERTIES: dict[str, Schema] = MANIFEST["contributes"]["configuration"]["properties"]


def test_the_generated_parts_are_up_to_date() -> None:
    text = json.dumps(generated(MANIFEST), indent=2, ensure_ascii=False) + "\n"
    assert PATH.read_text(encoding="utf-8") == text, "run python -m tests.manifest"


def test_a_new_tool_is_offered_once_the_manifest_is_generated(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(manifest, "ALL_NAMES", (*ALL_NAMES, TOY))
    monkeypatch.setattr(manifest, "SCHEMA", schema((*SPECS, Toy.spec)))
    assert generated(MANIFEST) != MANIFEST
    found = generated(MANIFEST)["contributes"]["configuration"]["properties"]
    mypys = {name for name in PROPERTIES if ".mypy." in name}
    assert found.keys() - PROPERTIES == {name.replace("mypy", "toyLint") for name in mypys}
    assert {each["markdownDescription"][1:-1] for each in found.values()} <= WORDS.keys()


def test_a_new_action_is_offered_once_the_manifest_is_generated(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    (docstrings, *_) = ACTIONS
    toy = SimpleNamespace(name="add-toys", title="Add toys", kinds=docstrings.kinds)
    monkeypatch.setattr(manifest, "ACTIONS", (*ACTIONS, toy))
    found = generated(MANIFEST)
    assert found[SECTION]["actions"][-1] == {
        "name": "add-toys",
        "title": "Add toys",
        "command": "addToys",
        "file": True,
    }
    texts = set(strings(found)) - set(strings(MANIFEST))
    commands = {"python-expert.addToys", "python-expert.addToysToFile"}
    titles = {"%commands.addToys%", "%commands.addToysToFile%"}
    assert texts == {"add-toys", "Add toys", "addToys", *commands, *titles}
    for menu in ("commandPalette", "python-expert.rewrites"):
        entries = found["contributes"]["menus"][menu]
        assert commands <= {entry["command"] for entry in entries}


def test_every_setting_is_described() -> None:
    for name, each in PROPERTIES.items():
        assert each["markdownDescription"].startswith("%settings."), name


@pytest.mark.parametrize("name", EDITOR_ONLY)
def test_settings_that_a_repository_may_not_set_are_restricted(name: str) -> None:
    restricted = MANIFEST["capabilities"]["untrustedWorkspaces"]["restrictedConfigurations"]
    assert set(restricted) <= PROPERTIES.keys()
    if name == "trusted":
        return
    wanted = {f"{SECTION}.{camel(name.replace('*', tool))}" for tool in ALL_NAMES}
    assert wanted & PROPERTIES.keys() <= set(restricted)
    assert wanted & PROPERTIES.keys()


@pytest.mark.parametrize(
    "name", [name for name in PROPERTIES if re.search(r"([pP]ath|args|interpreter|File)$", name)]
)
def test_a_path_belongs_to_a_machine_and_is_not_carried_to_another(name: str) -> None:
    scope = "machine" if name == f"{SECTION}.logFile" else "machine-overridable"
    assert PROPERTIES[name]["scope"] == scope


def strings(value: object) -> Iterator[str]:
    """Yield all texts in JSON."""
    match value:
        case str():
            yield value
        case list():
            for each in value:
                yield from strings(each)
        case dict():
            yield from strings(list(value.values()))


def test_every_referenced_text_exists_and_every_text_is_used() -> None:
    used = {match[1] for text in strings(MANIFEST) if (match := re.fullmatch("%(.+)%", text))}
    assert used == WORDS.keys()


def test_no_command_of_the_palette_has_an_id_of_the_server_s() -> None:
    contributes = MANIFEST["contributes"]
    palette = {each["command"] for each in contributes["commands"]}
    server = set(COMMANDS)
    assert len(palette) == len(contributes["commands"])
    assert f"{SECTION}.rewrite" in server
    assert not palette & server


def test_every_referenced_command_is_contributed() -> None:
    contributes = MANIFEST["contributes"]
    palette = {each["command"] for each in contributes["commands"]}
    entries = [entry for menu in contributes["menus"].values() for entry in menu]
    linked = {
        command for text in WORDS.values() for command in re.findall(r"\(command:([\w.-]+)\)", text)
    }
    named = {entry["command"] for entry in entries if "command" in entry} | linked
    assert {name for name in named if not name.startswith("workbench.")} <= palette


def test_the_versions_of_extension_and_server_are_equal() -> None:
    assert MANIFEST["version"] == __version__
