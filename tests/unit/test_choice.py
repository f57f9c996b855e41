"""Which provider makes the proposals, and why: settings, key, trust, ignored files."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast

import pytest

from python_expert.config.layers import Layer
from python_expert.config.settings import ProviderName, Settings
from python_expert.llm.anthropic.endpoint import Endpoint
from python_expert.llm.choice import choose
from python_expert.llm.provider import OfflineReason
from python_expert.llm.usage import Meter
from python_expert.pipeline.providers import Providers
from python_expert.text.paths import to_uri
from tests.messages import KEY
from tests.tools import merge

if TYPE_CHECKING:
    from pathlib import Path

    from python_expert.project.project import Project

ANTHROPIC, AUTO, OFFLINE = ProviderName.ANTHROPIC, ProviderName.AUTO, ProviderName.OFFLINE


def settings(**values: Any) -> Settings:  # noqa: ANN401 - an editor may send anything
    """Settings from an editor."""
    merged, faults = merge([Layer("editor", values)])
    assert faults == []
    return merged


@pytest.fixture
def key(monkeypatch: pytest.MonkeyPatch) -> None:
    """A key in the environment."""
    monkeypatch.setenv("ANTHROPIC_API_KEY", KEY)


def test_without_a_key_the_offline_engine_is_used_and_the_reason_is_stated(tmp_path: Path) -> None:
    choice = choose(Settings(), None, tmp_path)
    assert (choice.provider, choice.obstacle) == (OFFLINE, "")
    assert "set ANTHROPIC_API_KEY" in choice.reason
    assert choice.unasked is OfflineReason.NO_KEY


@pytest.mark.parametrize("name", ["ANTHROPIC_API_KEY", "ANTHROPIC_AUTH_TOKEN"])
def test_with_a_key_the_model_is_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setenv(name, KEY)
    choice = choose(Settings(), None, tmp_path)
    assert choice == (ANTHROPIC, f"there is a key in {name}", "", None)


@pytest.mark.usefixtures("key")
@pytest.mark.parametrize(
    ("values", "unasked", "words"),
    [
        ({"privacy": {"network": False}}, OfflineReason.NETWORK, "the network is off"),
        ({"trusted": False}, OfflineReason.UNTRUSTED, "not trusted"),
        ({"privacy": {"ignore": ["*.py"]}}, OfflineReason.WITHHELD, "nothing of this file is sent"),
    ],
)
def test_with_an_obstacle_the_offline_engine_is_used_unless_a_model_is_named(
    tmp_path: Path, values: dict[str, Any], unasked: OfflineReason, words: str
) -> None:
    path = tmp_path / "a.py"
    path.write_text("")
    choice = choose(settings(**values), path, tmp_path)
    assert (choice.provider, choice.obstacle) == (OFFLINE, "")
    assert (choice.unasked, words in choice.reason) == (unasked, True)
    choice = choose(settings(**values), path, tmp_path, ANTHROPIC)
    assert choice.provider is ANTHROPIC
    assert (choice.unasked, words in choice.obstacle) == (unasked, True)


def test_a_model_asked_for_by_name_may_have_its_key_elsewhere(tmp_path: Path) -> None:
    assert choose(Settings(), None, tmp_path, ANTHROPIC).obstacle == ""


@pytest.mark.usefixtures("key")
def test_an_explicit_choice_overrides_the_settings(tmp_path: Path) -> None:
    offline = settings(llm={"provider": "offline"})
    assert choose(offline, None, tmp_path)[::3] == (OFFLINE, OfflineReason.CHOSEN)
    assert choose(offline, None, tmp_path, ANTHROPIC).provider is ANTHROPIC
    assert choose(Settings(), None, tmp_path, OFFLINE).provider is OFFLINE


@pytest.mark.usefixtures("key")
def test_a_key_file_is_never_sent(tmp_path: Path) -> None:
    path = tmp_path / "secrets.py"
    path.write_text("")
    assert choose(Settings(), path, tmp_path).provider is OFFLINE


@pytest.mark.usefixtures("key")
@pytest.mark.parametrize(("provider", "times"), [("auto", 1), ("offline", 0)])
def test_a_menu_that_offers_a_model_has_the_sdk_imported_meanwhile(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, provider: str, times: int
) -> None:
    prepared: list[Endpoint] = []

    def prepare(endpoint: Endpoint, _busy: object) -> None:
        prepared.append(endpoint)

    monkeypatch.setattr(Endpoint, "prepare", prepare)
    project = SimpleNamespace(settings=settings(llm={"provider": provider}), root=tmp_path)

    async def menu() -> None:
        providers = Providers(Meter())
        await providers.expect(cast("Project", project), to_uri(tmp_path / "x.py"))
        await providers.stop()

    asyncio.run(menu())

    assert len(prepared) == times
