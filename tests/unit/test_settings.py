"""Settings: their sources, their precedence, and the effect of changes."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, get_args

import pytest

from python_expert.config.layers import Layer, editor_layer, read_pyproject
from python_expert.config.settings import (
    DEFAULT_MODEL,
    Effort,
    ImportStrategy,
    LogLevel,
    Price,
    PrivacySettings,
    Profile,
    ProviderName,
)
from python_expert.diagnostics.finding import Severity
from tests.tools import NAMES, SCHEMA, load, merge

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.conftest import ProjectFactory

Item = dict[str, Any]

HINTS = {"tools": {"ruff": {"severity": "hint"}}}


def editor_says(values: Item) -> Layer:
    return Layer("editor settings", values)


def project_says(values: Item) -> Layer:
    return Layer("pyproject.toml", values, from_project=True)


# Merging


def test_without_any_settings_the_defaults_apply() -> None:
    settings, faults = merge([])
    assert settings == SCHEMA()
    assert faults == []
    assert settings.trusted
    assert settings.profile is Profile.AUTO
    assert [settings.tools.of(name).debounce_ms for name in NAMES] == [0, 0, 10, 50]


def test_later_layers_win_setting_by_setting() -> None:
    settings, faults = merge(
        [
            project_says({"profile": "expert", "tools": {"ruff": {"debounce-ms": 5}}}),
            editor_says({"tools": {"ruff": {"enabled": False}, "mypy": {"args": ["--strict"]}}}),
            editor_says({"tools": {"mypy": {"debounceMs": 100}}}),
        ]
    )
    assert faults == []
    assert settings.profile is Profile.EXPERT
    assert (settings.tools.of("ruff").enabled, settings.tools.of("ruff").debounce_ms) == (False, 5)
    assert (settings.tools.of("mypy").args, settings.tools.of("mypy").debounce_ms) == (
        ("--strict",),
        100,
    )


@pytest.mark.parametrize("name", ["import-strategy", "importStrategy", "import_strategy"])
def test_names_have_the_spelling_of_editors_or_of_toml(name: str) -> None:
    settings, faults = merge([editor_says({name: "use-bundled", "logLevel": "debug"})])
    assert faults == []
    assert settings.import_strategy is ImportStrategy.USE_BUNDLED
    assert settings.log_level is LogLevel.DEBUG


def test_null_from_an_editor_means_that_a_setting_is_not_set() -> None:
    settings, faults = merge(
        [
            project_says({"profile": "project"}),
            editor_says({"profile": None, "interpreter": None, "tools": {"ruff": None}}),
        ]
    )
    assert faults == []
    assert settings.profile is Profile.PROJECT


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"profil": "auto"}, ["'profil'", "did you mean 'profile'?"]),
        ({"profile": "best"}, ["'profile'", "'auto'", "'best'"]),
        ({"trusted": "yes"}, ["'trusted'", "'yes'"]),
        ({"tools": 5}, ["'tools'"]),
        ({"tools": {"ruf": {}}}, ["'tools.ruf'", "'ruff'"]),
        ({"tools": {"ruff": {"enabled": 1}}}, ["'tools.ruff.enabled'"]),
        ({"tools": {"ruff": {"args": "--preview"}}}, ["'tools.ruff.args'"]),
        ({"tools": {"ruff": {"args": ["a", 1]}}}, ["'tools.ruff.args'"]),
        ({"tools": {"ruff": {"debounceMs": -1}}}, ["'tools.ruff.debounce-ms'", "-1"]),
        ({"tools": {"ruff": {"debounceMs": True}}}, ["'tools.ruff.debounce-ms'"]),
        ({"tools": {"ruff": {"severity": "fatal"}}}, ["'tools.ruff.severity'", "'fatal'"]),
        ({"tools": {"ruff": {"severity": {"E": "fatal"}}}}, ["'tools.ruff.severity.E'"]),
        ({"llm": {"modell": "x"}}, ["'llm.modell'", "did you mean 'model'?"]),
        ({"llm": {"model": ""}}, ["'llm.model'"]),
        ({"llm": {"provider": "openai"}}, ["'llm.provider'", "'offline'"]),
        ({"llm": {"effort": "most"}}, ["'llm.effort'", "'xhigh'"]),
        ({"llm": {"timeoutS": 0}}, ["'llm.timeout-s'", "from 1 to 3600", "0"]),
        ({"llm": {"retries": 11}}, ["'llm.retries'"]),
        ({"llm": {"repairAttempts": 3}}, ["'llm.repair-attempts'"]),
        ({"llm": {"concurrency": 0}}, ["'llm.concurrency'"]),
        ({"llm": {"sessionTokenBudget": -1}}, ["'llm.session-token-budget'"]),
        ({"llm": {"prices": {"m": {"input": "1", "output": 2}}}}, ["'llm.prices"]),
        ({"privacy": {"network": "no"}}, ["'privacy.network'"]),
        ({"privacy": {"ignore": "*.py"}}, ["'privacy.ignore'"]),
    ],
)
def test_an_invalid_value_is_reported_and_the_others_take_effect(
    values: Item, words: list[str]
) -> None:
    settings, (fault, *_) = merge([editor_says(values), editor_says({"logLevel": "debug"})])
    # An error under privacy also prevents sending.
    assert replace(settings, privacy=PrivacySettings()) == SCHEMA(log_level=LogLevel.DEBUG)
    for word in ["editor settings", *words]:
        assert word in fault


@pytest.mark.parametrize("says", [project_says, editor_says])
def test_an_old_name_works_and_is_reported_with_the_new_one(says: Callable[[Item], Layer]) -> None:
    settings, (fault,) = merge([says({"llm": {"mends": 0}})])
    assert settings.llm.repair_attempts == 0
    assert fault.endswith(": 'llm.mends' is deprecated; write 'llm.repair-attempts' instead")
    both = {"llm": {"repair-attempts": 1, "mends": 0}}
    assert merge([says(both)])[0].llm.repair_attempts == 1
    _, faults = merge([says({"llm": {"mends": 3}})])
    assert len(faults) == 2
    assert "'llm.repair-attempts' is ignored" in faults[1]
    assert merge([says({"llm": 5})])[0] == SCHEMA()


def test_every_invalid_value_is_reported() -> None:
    wrong = {"profile": 1, "tools": {"mypy": {"path": 2}, "bandit": {"severity": [], "args": []}}}
    settings, faults = merge([editor_says(wrong)])
    assert settings == SCHEMA()
    assert len(faults) == 3


def test_an_invalid_value_does_not_hide_a_valid_one_of_an_earlier_layer() -> None:
    settings, faults = merge([project_says({"profile": "expert"}), editor_says({"profile": "x"})])
    assert settings.profile is Profile.EXPERT
    assert len(faults) == 1


def test_the_longest_prefix_decides_on_a_severity() -> None:
    severity = {"": "information", "F": "warning", "F4": "error", "F401": "hint"}
    settings, _ = merge([editor_says({"tools": {"ruff": {"severity": severity}}})])
    of = settings.tools.of("ruff").severity_of
    assert (of("F401"), of("F402")) == (Severity.HINT, Severity.ERROR)
    assert (of("F821"), of("E501")) == (Severity.WARNING, Severity.INFORMATION)
    assert settings.tools.of("mypy").severity_of("attr-defined") is None


def test_the_name_of_a_rule_is_not_treated_as_a_setting() -> None:
    severity = {"no-untyped-def": "hint", "PLR2004": "error"}
    settings, faults = merge([editor_says({"tools": {"mypy": {"severity": severity}}})])
    assert faults == []
    assert settings.tools.of("mypy").severity_of("no-untyped-def") is Severity.HINT
    assert settings.tools.of("mypy").severity_of("PLR2004") is Severity.ERROR


EDITORS_ONLY: Item = {
    "trusted": True,
    "interpreter": "bin/evil",
    "log-file": "/tmp/evil.log",  # noqa: S108 - never opened
    "log-level": "error",
    "tools": {
        "ruff": {"path": "evil", "args": ["--evil"], "severity": "hint"},
        "mypy": {"path": "evil"},
        "bandit": {"args": ["--evil"]},
    },
    "llm": {"base-url": "https://evil.example", "prices": {"m": {"input": 0, "output": 0}}},
}


def test_a_project_cannot_choose_programs_files_or_trust() -> None:
    untrusted = editor_says({"trusted": False})
    settings, faults = merge([untrusted, project_says(EDITORS_ONLY)])
    assert settings == merge([untrusted, editor_says(HINTS)])[0]
    named = {fault.partition("'")[2].partition("'")[0] for fault in faults}
    assert named == {
        *("trusted", "interpreter", "log-file", "log-level"),
        *("tools.ruff.path", "tools.ruff.args", "tools.mypy.path", "tools.bandit.args"),
        *("llm.base-url", "llm.prices"),
    }
    assert all("editor" in fault for fault in faults)
    assert merge([editor_says(EDITORS_ONLY)])[1] == []


def test_a_project_cannot_weaken_the_user_s_privacy_settings() -> None:
    wider = {
        "llm": {"provider": "anthropic", "session-token-budget": 500_001},
        "privacy": {"redact": False},
    }
    settings, faults = merge([project_says(wider)])
    assert settings == SCHEMA()
    assert [fault.partition("'")[2].partition("'")[0] for fault in faults] == [
        *("llm.provider", "llm.session-token-budget", "privacy.redact")
    ]
    assert all("a project cannot allow more than you do" in fault for fault in faults)
    assert merge([editor_says(wider)])[1] == []


@pytest.mark.parametrize("provider", ["auto", "offline"])
def test_a_project_can_disable_the_model(provider: str) -> None:
    settings, faults = merge([project_says({"llm": {"provider": provider}})])
    assert (settings.llm.provider, faults) == (ProviderName(provider), [])


@pytest.mark.parametrize(
    ("project", "user", "counts", "reported"),
    [
        (100, None, 100, False),
        (None, 900_000, 900_000, False),
        (600_000, 900_000, 600_000, False),
        (1_000_000, 900_000, 900_000, True),
        (200, 100, 100, True),
        (100, 200, 100, False),
        (0, None, 0, False),
    ],
)
def test_a_project_may_only_lower_the_budget(
    project: int | None, user: int | None, counts: int, *, reported: bool
) -> None:
    layers = [
        project_says({"llm": {"session-token-budget": project}}),
        editor_says({"llm": {"sessionTokenBudget": user}}),
    ]
    for order in (layers, layers[::-1]):
        settings, faults = merge(order)
        assert settings.llm.session_token_budget == counts
        assert bool(faults) == reported


def test_the_strictest_source_of_privacy_settings_applies() -> None:
    strict = {"network": False, "redact": True, "ignore": ["a"]}
    loose = {"network": True, "redact": False, "ignore": ["b"]}
    for one, other in ((strict, loose), (loose, strict)):
        privacy = merge([editor_says({"privacy": one}), editor_says({"privacy": other})])[0].privacy
        assert (privacy.network, privacy.redact) == (False, True)
        assert sorted(privacy.ignore) == ["a", "b"]
    for layers in (
        [project_says({"privacy": strict}), editor_says({"privacy": loose})],
        [editor_says({"privacy": strict}), project_says({"privacy": {"network": True}})],
    ):
        privacy = merge(layers)[0].privacy
        assert (privacy.network, privacy.redact) == (False, True)
        assert "a" in privacy.ignore
    assert not merge([editor_says({"privacy": {"redact": False}})])[0].privacy.redact


def test_the_name_of_a_model_is_not_treated_as_a_setting() -> None:
    price = {"input": 3, "output": 15.5}
    settings, faults = merge([editor_says({"llm": {"prices": {"Claude-Next-1.5": price}}})])
    assert faults == []
    assert settings.llm.prices == {"Claude-Next-1.5": Price(input=3, output=15.5)}


@pytest.mark.parametrize(
    "address", ["ftp://h/", "h:8080", "https://", "http://h:port/", "file:///x", "http://[::1/"]
)
def test_an_invalid_base_url_is_reported(address: str) -> None:
    settings, (fault,) = merge([editor_says({"llm": {"baseUrl": address}})])
    assert settings.llm.base_url is None
    assert "'llm.base-url' is ignored" in fault
    for right in ("http://127.0.0.1:8080", "https://gate.example/v1/x"):
        assert merge([editor_says({"llm": {"baseUrl": right}})])[0].llm.base_url == right


def test_a_password_in_an_invalid_base_url_is_not_repeated() -> None:
    _, (fault,) = merge([editor_says({"llm": {"baseUrl": "ftp://me:hunter2@h/"}})])
    assert "ftp://h/" in fault
    assert "hunter2" not in fault


def test_the_default_model_is_the_newest_sonnet_that_the_sdk_names() -> None:
    module = pytest.importorskip("anthropic.types.model")
    names = [name for each in get_args(module.Model) for name in get_args(each)]
    assert next(name for name in names if "sonnet" in name) == DEFAULT_MODEL
    assert SCHEMA().llm.effort is Effort.MEDIUM


@pytest.mark.parametrize("values", [None, 5, "profile", [], {"pythonExpert": None}])
def test_a_value_that_is_not_a_table_of_settings_is_ignored(values: object) -> None:
    assert merge([editor_layer(values)])[0] == SCHEMA()


def test_editors_send_settings_with_or_without_their_section() -> None:
    bare = {"profile": "expert"}
    assert editor_layer(bare).values == editor_layer({"pythonExpert": bare}).values == bare


def test_the_nearest_pyproject_toml_applies(project: ProjectFactory) -> None:
    folder = project(
        {
            "pyproject.toml": '[tool.python-expert]\nprofile = "expert"\n',
            "part/pyproject.toml": '[tool.python-expert]\nprofile = "project"\n',
            "part/sub/x.py": "",
        }
    )
    assert load(folder, [])[0].profile is Profile.EXPERT
    assert load(folder / "part/sub", [])[0].profile is Profile.PROJECT
    assert load(folder / "part", [editor_says({"profile": "auto"})])[0].profile is Profile.AUTO


def test_the_privacy_settings_of_a_folder_apply_to_its_projects(
    project: ProjectFactory,
) -> None:
    table = "[tool.python-expert]\n"
    limits = 'privacy.network = false\nprivacy.ignore = ["top.py"]\nllm.session-token-budget = 5\n'
    folder = project(
        {
            "pyproject.toml": f'{table}profile = "expert"\n{limits}llm.model = "top"\n',
            "part/pyproject.toml": f'{table}privacy.network = true\nprivacy.ignore = ["own.py"]\n',
            "part/sub/pyproject.toml": "",
            "other/.git/HEAD": "",
            "other/pyproject.toml": "",
        }
    )
    for part in ("part", "part/sub"):
        settings, faults = load(folder / part, [editor_says({"privacy": {"network": True}})])
        assert not settings.privacy.network
        assert "top.py" in settings.privacy.ignore
        assert settings.llm.session_token_budget == 5
        assert (settings.profile, settings.llm.model, faults) == (Profile.AUTO, DEFAULT_MODEL, [])
    assert load(folder / "part", [])[0].privacy.ignore == ("top.py", "own.py")
    assert load(folder / "other", [])[0].privacy.network
    (folder / "pyproject.toml").write_text("[tool", encoding="utf-8")
    settings, (fault,) = load(folder / "part/sub", [])
    assert not settings.privacy.network
    assert str(folder / "pyproject.toml") in fault


@pytest.mark.parametrize(
    "content", [b"[tool", b"\xff\xfe", b"tool = 1\n[tool.x]\n", b"#" * (1 << 20) + b"\n"]
)
def test_a_broken_pyproject_toml_is_reported_with_its_place(
    project: ProjectFactory, content: bytes
) -> None:
    path = project() / "pyproject.toml"
    path.write_bytes(content)
    settings, (fault,) = load(path.parent, [editor_says({"profile": "expert"})])
    assert str(path) in fault
    assert settings.profile is Profile.EXPERT


@pytest.mark.parametrize("text", ["", "tool = 5\n", "[tool]\nruff = {}\n"])
def test_a_pyproject_toml_without_settings_is_not_an_error(
    project: ProjectFactory, text: str
) -> None:
    layer = read_pyproject(project({"pyproject.toml": text}) / "pyproject.toml")
    assert (dict(layer.values), layer.from_project) == ({}, True)


# From the editor


# From the project


# What the settings do


# Trust


@pytest.mark.parametrize("wrong", [3, {"network": "no"}, {"netwrk": False}, {"ignore": 1}])
def test_nothing_is_sent_if_the_privacy_settings_are_unclear(wrong: object) -> None:
    settings, faults = merge([Layer("editor", {"privacy": wrong})])
    assert not settings.privacy.network
    assert faults[-1] == "editor: nothing is sent until all settings under 'privacy' are correct"


def test_nothing_is_sent_if_a_project_s_settings_cannot_be_read(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text("[tool.python-expert\n")
    settings, faults = load(tmp_path, [])
    assert not settings.privacy.network
    (fault,) = faults
    assert fault.startswith(f"{tmp_path / 'pyproject.toml'}:1: ")
    assert fault.endswith("; nothing is sent until this is corrected")
