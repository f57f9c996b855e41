"""Settings: where they come from, which of them win, and that a change of them takes effect."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args

import pytest

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
from python_expert.config.sources import Layer, editor_layer, read_pyproject
from python_expert.diagnostics.finding import Severity
from tests.client import Client, codes, shows, uri
from tests.conftest import RUFF_ONLY, children, patched, write
from tests.tools import NAMES, SCHEMA, load, merge

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.conftest import ClientFactory, ProjectFactory

Item = dict[str, Any]

HINTS = {"tools": {"ruff": {"severity": "hint"}}}
NO_CONFIGURATION = {"workspace": {"configuration": None}}
EXPERT_ONLY = "import os\n\nx = eval('1')\n"
"""F401 is among ruff's own default rules, S307 is not."""


def editor_says(values: Item) -> Layer:
    return Layer("editor settings", values)


def project_says(values: Item) -> Layer:
    return Layer("pyproject.toml", values, from_project=True)


def severities(items: list[Item]) -> dict[str, int]:
    return {item["code"]: item["severity"] for item in items}


def graded(**expected: int) -> Callable[[list[Item]], bool]:
    return lambda items: severities(items) == expected


# Merging


def test_without_any_settings_the_defaults_hold() -> None:
    settings, faults = merge([])
    assert settings == SCHEMA()
    assert faults == []
    assert settings.trusted
    assert settings.profile is Profile.AUTO
    assert [settings.tools.of(name).debounce_ms for name in NAMES] == [0, 0, 50]


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
def test_names_are_spelt_the_editors_way_or_tomls(name: str) -> None:
    settings, faults = merge([editor_says({name: "use-bundled", "logLevel": "debug"})])
    assert faults == []
    assert settings.import_strategy is ImportStrategy.USE_BUNDLED
    assert settings.log_level is LogLevel.DEBUG


def test_an_editors_null_means_that_a_setting_is_not_set() -> None:
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
def test_a_wrong_value_is_named_and_the_others_count(values: Item, words: list[str]) -> None:
    settings, (fault, *_) = merge([editor_says(values), editor_says({"logLevel": "debug"})])
    # What is wrong under privacy also forbids to send anything.
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


def test_every_wrong_value_is_named() -> None:
    wrong = {"profile": 1, "tools": {"mypy": {"path": 2}, "bandit": {"severity": [], "args": []}}}
    settings, faults = merge([editor_says(wrong)])
    assert settings == SCHEMA()
    assert len(faults) == 3


def test_a_wrong_value_does_not_hide_a_right_one_of_an_earlier_layer() -> None:
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


def test_a_rules_name_is_not_taken_for_a_settings() -> None:
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


def test_a_project_cannot_have_more_sent_than_the_user_would() -> None:
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
def test_a_project_may_do_without_a_model(provider: str) -> None:
    settings, faults = merge([project_says({"llm": {"provider": provider}})])
    assert (settings.llm.provider, faults) == (ProviderName(provider), [])


@pytest.mark.parametrize(
    ("project", "user", "counts", "told"),
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
    project: int | None, user: int | None, counts: int, *, told: bool
) -> None:
    layers = [
        project_says({"llm": {"session-token-budget": project}}),
        editor_says({"llm": {"sessionTokenBudget": user}}),
    ]
    for order in (layers, layers[::-1]):
        settings, faults = merge(order)
        assert settings.llm.session_token_budget == counts
        assert bool(faults) == told


def test_of_privacy_the_strictest_source_counts() -> None:
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


def test_a_models_name_is_not_taken_for_a_settings() -> None:
    price = {"input": 3, "output": 15.5}
    settings, faults = merge([editor_says({"llm": {"prices": {"Claude-Next-1.5": price}}})])
    assert faults == []
    assert settings.llm.prices == {"Claude-Next-1.5": Price(input=3, output=15.5)}


@pytest.mark.parametrize(
    "address", ["ftp://h/", "h:8080", "https://", "http://h:port/", "file:///x", "http://[::1/"]
)
def test_a_base_url_that_is_none_is_named(address: str) -> None:
    settings, (fault,) = merge([editor_says({"llm": {"baseUrl": address}})])
    assert settings.llm.base_url is None
    assert "'llm.base-url' is ignored" in fault
    for right in ("http://127.0.0.1:8080", "https://gate.example/v1/x"):
        assert merge([editor_says({"llm": {"baseUrl": right}})])[0].llm.base_url == right


def test_a_password_in_a_wrong_base_url_is_not_repeated() -> None:
    _, (fault,) = merge([editor_says({"llm": {"baseUrl": "ftp://me:hunter2@h/"}})])
    assert "ftp://h/" in fault
    assert "hunter2" not in fault


def test_the_default_model_is_the_newest_sonnet_that_the_sdk_names() -> None:
    module = pytest.importorskip("anthropic.types.model")
    names = [name for each in get_args(module.Model) for name in get_args(each)]
    assert next(name for name in names if "sonnet" in name) == DEFAULT_MODEL
    assert SCHEMA().llm.effort is Effort.MEDIUM


@pytest.mark.parametrize("values", [None, 5, "profile", [], {"pythonExpert": None}])
def test_what_is_no_table_of_settings_sets_nothing(values: object) -> None:
    assert merge([editor_layer(values)])[0] == SCHEMA()


def test_editors_send_settings_bare_or_in_their_section() -> None:
    bare = {"profile": "expert"}
    assert editor_layer(bare).values == editor_layer({"pythonExpert": bare}).values == bare


def test_the_nearest_pyproject_counts(project: ProjectFactory) -> None:
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


def test_what_a_folder_keeps_from_being_sent_holds_for_the_projects_in_it(
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
def test_a_broken_pyproject_is_a_fault_with_a_place(
    project: ProjectFactory, content: bytes
) -> None:
    path = project() / "pyproject.toml"
    path.write_bytes(content)
    settings, (fault,) = load(path.parent, [editor_says({"profile": "expert"})])
    assert str(path) in fault
    assert settings.profile is Profile.EXPERT


@pytest.mark.parametrize("text", ["", "tool = 5\n", "[tool]\nruff = {}\n"])
def test_a_pyproject_without_settings_is_no_fault(project: ProjectFactory, text: str) -> None:
    layer = read_pyproject(project({"pyproject.toml": text}) / "pyproject.toml")
    assert (dict(layer.values), layer.from_project) == ({}, True)


# From the editor


@pytest.mark.parametrize("options", [HINTS, {"pythonExpert": HINTS}])
def test_initialization_options_count_bare_or_in_their_section(
    client: ClientFactory, project: ProjectFactory, options: Item
) -> None:
    editor = client()
    editor.initialize(options=options, capabilities=NO_CONFIGURATION)
    document = editor.open(project({"pyproject.toml": RUFF_ONLY}) / "x.py", "import os\n")
    assert severities(editor.wait_diagnostics(document, bool)) == {"F401": 4}
    assert editor.messages == []


def test_the_log_goes_where_initialization_options_say(
    client: ClientFactory, project: ProjectFactory, tmp_path: Path
) -> None:
    log = tmp_path / "the.log"
    editor = client()
    editor.initialize(
        options={"logFile": str(log), "logLevel": "debug"}, capabilities=NO_CONFIGURATION
    )
    document = editor.open(project({"pyproject.toml": RUFF_ONLY}) / "x.py", "import os\n")
    editor.wait_diagnostics(document, bool)
    assert "ruff started" in log.read_text()


def test_the_editors_configuration_is_asked_for_and_a_change_needs_no_restart(
    client: ClientFactory, project: ProjectFactory
) -> None:
    folder = project({"pyproject.toml": RUFF_ONLY})
    editor = client()
    editor.initialize(
        [folder],
        options={"tools": {"ruff": {"severity": {"F": "warning", "S": "hint"}}}},
        configuration={"pythonExpert": {"tools": {"ruff": {"severity": {"F": "error"}}}}},
    )
    document = editor.open(folder / "x.py", EXPERT_ONLY)
    assert severities(editor.wait_diagnostics(document, bool)) == {"F401": 1, "S307": 4}
    registered = [
        registration["method"]
        for method, params in editor.requests
        if method == "client/registerCapability"
        for registration in params["registrations"]
    ]
    assert "workspace/didChangeConfiguration" in registered
    before = children(editor.pid)
    editor.configuration["pythonExpert"] = {"tools": {"ruff": {"severity": {"F401": "hint"}}}}
    editor.notify("workspace/didChangeConfiguration", {"settings": None})
    editor.wait_diagnostics(document, lambda items: severities(items)["F401"] == 4)
    assert children(editor.pid) == before
    editor.configuration["pythonExpert"] = {"tools": {"ruff": {"enabled": False}}}
    editor.notify("workspace/didChangeConfiguration", {"settings": None})
    editor.wait_diagnostics(document, lambda items: not items)
    editor.configuration["pythonExpert"] = {"profile": "project"}
    editor.notify("workspace/didChangeConfiguration", {"settings": None})
    editor.wait_diagnostics(document, lambda items: "F401" in codes(items))
    assert "S307" not in codes(editor.diagnostics(document))


def test_a_client_that_cannot_be_asked_sends_its_changed_settings(
    client: ClientFactory, project: ProjectFactory
) -> None:
    editor = client()
    editor.initialize(capabilities=NO_CONFIGURATION)
    document = editor.open(project({"pyproject.toml": RUFF_ONLY}) / "x.py", "import os\n")
    editor.wait_diagnostics(document, lambda items: severities(items).get("F401") == 2)
    for settings, severity in (
        ({"pythonExpert": HINTS}, 4),
        ({"tools": {"ruff": {"severity": "error"}}}, 1),
        ({}, 2),
        (None, 2),
    ):
        editor.notify("workspace/didChangeConfiguration", {"settings": settings})
        editor.wait_diagnostics(document, graded(F401=severity))
    assert "workspace/configuration" not in [method for method, _ in editor.requests]


def test_a_malformed_setting_is_named_once_and_ignored(
    client: ClientFactory, project: ProjectFactory
) -> None:
    folder = project({"pyproject.toml": RUFF_ONLY}, "one")
    other = project({"pyproject.toml": RUFF_ONLY}, "two")
    editor = client()
    wrong = {**HINTS, "profil": "expert", "import-strategy": 5}
    editor.initialize([folder, other], configuration={"pythonExpert": wrong})
    for path in (folder / "x.py", other / "x.py"):
        document = editor.open(path, "import os\n")
        editor.wait_diagnostics(document, graded(F401=4))
    editor.configuration["pythonExpert"] = {**wrong, "tools": {"ruff": {"severity": "error"}}}
    editor.notify("workspace/didChangeConfiguration", {"settings": None})
    editor.wait_diagnostics(document, graded(F401=1))
    said = sorted(message["message"] for message in editor.messages)
    assert len(said) == 2
    assert "'import-strategy'" in said[0]
    assert "did you mean 'profile'?" in said[1]


# From the project


@pytest.fixture(scope="module")
def watching_server() -> Iterator[Client]:
    """A server that hears of changes on disk from its client and does not look for itself."""
    with Client(patched("from python_expert.lsp import session; session.POLL_S = 9999")) as client:
        client.initialize()
        yield client


@pytest.fixture(scope="module")
def polling_server() -> Iterator[Client]:
    """A server whose client does not watch files."""
    code = "from python_expert.lsp import session; session.POLL_S = 0.2"
    with Client(patched(code)) as client:
        client.initialize(capabilities={"workspace": {"didChangeWatchedFiles": None}})
        yield client


@pytest.fixture(params=["watching_server", "polling_server"])
def observer(request: pytest.FixtureRequest) -> Iterator[Client]:
    """A server that notices changes on disk, in either way."""
    editor: Client = request.getfixturevalue(request.param)
    yield editor
    for document in tuple(editor.opened):
        editor.close(document)
    assert not editor.take_faults()


def rewrite(editor: Client, path: Path, text: str | None) -> None:
    """Change or delete a file, and say so if the client is one that watches."""
    kind = 2 if path.exists() else 1
    if text is None:
        path.unlink()
        kind = 3
    else:
        path.write_text(text)
    if any(
        method == "client/registerCapability" and "files" in str(params)
        for method, params in editor.requests
    ):
        event = {"changes": [{"uri": uri(path), "type": kind}]}
        editor.notify("workspace/didChangeWatchedFiles", event)


def test_settings_in_pyproject_count_and_so_do_changes_of_them(
    observer: Client, project: ProjectFactory
) -> None:
    folder = project({"pyproject.toml": RUFF_ONLY})
    document = observer.open(folder / "x.py", EXPERT_ONLY)
    observer.wait_diagnostics(document, shows("F401", "S307"))
    settings = '[tool.python-expert]\nprofile = "project"\n'
    rewrite(observer, folder / "pyproject.toml", RUFF_ONLY + settings)
    observer.wait_diagnostics(
        document, lambda items: "F401" in codes(items) and "S307" not in codes(items)
    )
    rewrite(observer, folder / "pyproject.toml", RUFF_ONLY + 'ruff.severity = { S = "hint" }\n')
    observer.wait_diagnostics(document, lambda items: severities(items).get("S307") == 4)


@pytest.mark.parametrize("name", ["ruff.toml", ".ruff.toml", "pyproject.toml"])
def test_a_changed_ruff_configuration_takes_effect(
    observer: Client, project: ProjectFactory, name: str
) -> None:
    folder = project({"pyproject.toml": RUFF_ONLY})
    document = observer.open(folder / "sub" / "x.py", EXPERT_ONLY)
    observer.wait_diagnostics(document, shows("F401", "S307"))
    in_pyproject = name == "pyproject.toml"
    before, table = (RUFF_ONLY, "[tool.ruff.lint]\n") if in_pyproject else ("", "[lint]\n")
    for rule in ("F401", "S307"):
        rewrite(observer, folder / name, f'{before}{table}select = ["{rule}"]\n')
        observer.wait_diagnostics(document, shows(rule))
    rewrite(observer, folder / name, before if in_pyproject else None)
    observer.wait_diagnostics(document, shows("F401", "S307"))


def test_a_changed_mypy_configuration_takes_effect(
    observer: Client, project: ProjectFactory
) -> None:
    folder = project({"pyproject.toml": "[tool.python-expert.tools]\nbandit.enabled = false\n"})
    document = observer.open(folder / "x.py", "def f(x):\n    return x\n")
    observer.wait_diagnostics(document, shows("no-untyped-def"))
    rewrite(observer, folder / "mypy.ini", "[mypy]\n")
    observer.wait_diagnostics(document, lambda items: not items)


def test_a_file_that_becomes_excluded_loses_its_findings(
    observer: Client, project: ProjectFactory
) -> None:
    text = "import subprocess\n"
    bandit_too = "[tool.python-expert.tools]\nmypy.enabled = false\n"
    folder = project({"pyproject.toml": bandit_too, "x.py": text})
    document = observer.open(folder / "x.py", text)
    observer.wait_diagnostics(document, shows("B404", "F401"))
    rewrite(observer, folder / "ruff.toml", 'extend-exclude = ["x.py"]\n')
    observer.wait_diagnostics(document, lambda items: not items)


def test_after_a_save_the_configuration_is_looked_at(
    watching_server: Client, project: ProjectFactory
) -> None:
    editor = watching_server
    folder = project({"pyproject.toml": RUFF_ONLY})
    document = editor.open(folder / "x.py", EXPERT_ONLY)
    editor.wait_diagnostics(document, shows("F401", "S307"))
    (folder / "ruff.toml").write_text('lint.select = ["F401"]\n')
    editor.save(document)
    editor.wait_diagnostics(document, shows("F401"))
    editor.close(document)


def test_mypy_sees_what_changes_on_disk(watching_server: Client, project: ProjectFactory) -> None:
    editor = watching_server
    folder = project({"pyproject.toml": "", "other.py": "VALUE: int = 1\n"})
    document = editor.open(folder / "x.py", "from other import VALUE\n\nx: int = VALUE\n")
    wrong = editor.open(folder / "y.py", "y: int = ''\n")
    editor.wait_diagnostics(wrong, shows("assignment"))
    assert editor.diagnostics(document) == []
    rewrite(editor, folder / "other.py", 'VALUE: str = "1"\n')
    editor.wait_diagnostics(document, shows("assignment"))
    editor.close(document)
    editor.close(wrong)


def test_where_the_editor_does_not_watch_mypy_looks_at_the_disk_after_a_save(
    polling_server: Client, project: ProjectFactory
) -> None:
    editor = polling_server
    folder = project({"pyproject.toml": "", "other.py": "VALUE: int = 1\n"})
    text = "from other import VALUE\n\nx: int = VALUE\ny: int = ''\n"
    document = editor.open(folder / "x.py", text)
    editor.wait_diagnostics(document, shows("assignment"))
    (folder / "other.py").write_text("VALUE: str = ''\n")
    editor.save(document)
    editor.wait_diagnostics(document, shows("assignment", "assignment"))
    editor.close(document)


def test_what_a_cloned_repository_may_not_set_is_ignored_and_told_once(
    client: ClientFactory, project: ProjectFactory, tmp_path: Path
) -> None:
    trap = tmp_path / "sprung"
    evil = write(tmp_path, {"evil": f"#!/bin/sh\ntouch {trap}\n"}) / "evil"
    evil.chmod(0o755)
    log = tmp_path / "evil.log"
    folder = project(
        {
            "pyproject.toml": f"""
[tool.python-expert]
interpreter = "{evil}"
trusted = true
log-file = "{log}"
[tool.python-expert.tools]
ruff = {{ path = "{evil}", args = ["--select", "E"] }}
mypy = {{ enabled = false, path = "{evil}" }}
bandit = {{ path = "{evil}" }}
"""
        }
    )
    editor = client()
    editor.initialize(options={"trusted": False})
    document = editor.open(folder / "x.py", "import subprocess\n")
    editor.wait_diagnostics(document, shows("B404", "F401"))
    again = editor.open(folder / "y.py", "import subprocess\n")
    editor.wait_diagnostics(again, shows("B404", "F401"))
    named = sorted(message["message"].split("'")[1] for message in editor.messages)
    assert named == [
        *("interpreter", "log-file", "tools.bandit.path", "tools.mypy.path"),
        *("tools.ruff.args", "tools.ruff.path", "trusted"),
    ]
    assert not trap.exists()
    assert not log.exists()


# What the settings do


def test_severities_follow_the_longest_prefix(editor: Client, project: ProjectFactory) -> None:
    severity = 'ruff.severity = { "" = "information", S = "error", S3 = "hint" }'
    folder = project({"pyproject.toml": f"{RUFF_ONLY}\n{severity}\n"})
    text = EXPERT_ONLY + "assert x\n"
    document = editor.open(folder / "x.py", text)
    items = editor.wait_diagnostics(document, bool)
    assert severities(items) == {"F401": 3, "S307": 4, "S101": 1}


def test_a_tool_switched_off_and_on_at_run_time_takes_its_findings_with_it(
    client: ClientFactory, project: ProjectFactory
) -> None:
    folder = project({"pyproject.toml": "[tool.python-expert.tools]\nmypy.enabled = false\n"})
    editor = client()
    editor.initialize([folder])
    document = editor.open(folder / "x.py", "import subprocess\n")
    editor.wait_diagnostics(document, shows("B404", "F401"))
    for off, left in (("bandit", ["F401"]), ("ruff", ["B404"]), ("mypy", ["B404", "F401"])):
        editor.configuration["pythonExpert"] = {"tools": {off: {"enabled": False}}}
        editor.notify("workspace/didChangeConfiguration", {"settings": None})
        editor.wait_diagnostics(document, shows(*left))


@pytest.mark.parametrize(
    ("profile", "configured", "expert"),
    [
        ("auto", False, True),
        ("auto", True, False),
        ("expert", True, True),
        ("project", False, False),
    ],
)
def test_the_profile_decides_on_ruffs_rules(
    editor: Client, project: ProjectFactory, *, profile: str, configured: bool, expert: bool
) -> None:
    settings = f'{RUFF_ONLY}\n[tool.python-expert]\nprofile = "{profile}"\n'
    files = {"pyproject.toml": settings}
    if configured:
        files["ruff.toml"] = "line-length = 99\n"
    document = editor.open(project(files) / "x.py", EXPERT_ONLY)
    items = editor.wait_diagnostics(document, lambda items: "F401" in codes(items))
    assert ("S307" in codes(items)) is expert


def test_in_a_monorepo_the_profile_is_decided_file_by_file(
    editor: Client, project: ProjectFactory
) -> None:
    folder = project({"pyproject.toml": RUFF_ONLY, "part/ruff.toml": 'lint.select = ["F"]\n'})
    ruled = editor.open(folder / "part" / "x.py", EXPERT_ONLY)
    free = editor.open(folder / "x.py", EXPERT_ONLY)
    editor.wait_diagnostics(ruled, shows("F401"))
    editor.wait_diagnostics(free, shows("F401", "S307"))


def test_the_profile_is_decided_tool_by_tool(
    editor: Client, project: ProjectFactory, typed: Path
) -> None:
    text = "import subprocess\n\n\ndef f(x):\n    return x\n\n\ny: int = ''\n"
    strict = editor.open(typed / "profile.py", text)
    everything = ["B404", "F401", "assignment", "no-untyped-def"]
    editor.wait_diagnostics(strict, shows(*everything))
    folder = project({"pyproject.toml": "", "mypy.ini": "[mypy]\n"})
    lax = editor.open(folder / "x.py", text)
    editor.wait_diagnostics(lax, shows("B404", "F401", "assignment"))


def test_the_expert_profile_can_be_had_for_a_project_with_rules_of_its_own(
    editor: Client, project: ProjectFactory
) -> None:
    settings = '[tool.python-expert]\nprofile = "expert"\n'
    folder = project({"pyproject.toml": settings, "mypy.ini": "[mypy]\n"})
    document = editor.open(folder / "x.py", "def f(x):\n    return x\n")
    editor.wait_diagnostics(document, shows("no-untyped-def"))


def test_asserts_are_fine_in_tests_only(editor: Client, project: ProjectFactory) -> None:
    folder = project({"pyproject.toml": "[tool.python-expert.tools]\nmypy.enabled = false\n"})
    text = "import subprocess\n\nassert subprocess\n"
    for name, found in (
        ("x.py", ["B404", "S101"]),
        ("test_x.py", ["B404"]),
        ("tests/x.py", ["B404"]),
        ("conftest.py", ["B404"]),
    ):
        document = editor.open(folder / name, text)
        editor.wait_diagnostics(document, shows(*found))


# Trust


TRAP = """\
import pathlib
pathlib.Path({mark!r}).touch()
"""


@pytest.fixture
def trapped(project: ProjectFactory, tmp_path: Path) -> Path:
    """A project that leaves a mark in ``marks`` for each piece of it that is run."""
    marks = tmp_path / "marks"
    marks.mkdir()
    site = f".venv/lib/python{sys.version_info[0]}.{sys.version_info[1]}/site-packages"
    ruff = Path(sys.executable).parent / "ruff"
    folder = project(
        {
            "pyproject.toml": "",
            "mypy.ini": "[mypy]\nplugins = plugin.py\npython_executable = .venv/bin/python\n",
            "plugin.py": TRAP.format(mark=str(marks / "plugin"))
            + "from mypy.plugin import Plugin\ndef plugin(version): return Plugin\n",
            **{
                f"{module}.py": TRAP.format(mark=str(marks / "module"))
                for module in ("json", "mypy", "bandit", "sitecustomize", "usercustomize", "orjson")
            },
            ".venv/pyvenv.cfg": "home = /nowhere\n",
            f"{site}/ruff-0.17.6.dist-info/METADATA": "",
            f"{site}/mypy-2.4.1.dist-info/METADATA": "",
            ".venv/bin/ruff": f'#!/bin/sh\ntouch {marks}/ruff\nexec {ruff} "$@"\n',
            ".venv/bin/python": f'#!/bin/sh\ntouch {marks}/python\nexec {sys.executable} "$@"\n',
        }
    )
    for program in ("ruff", "python"):
        (folder / ".venv/bin" / program).chmod(0o755)
    return folder


@pytest.mark.parametrize(
    ("trusted", "marks"), [(False, set()), (True, {"plugin", "ruff", "python"})]
)
def test_nothing_of_an_untrusted_project_is_run(
    client: ClientFactory, trapped: Path, *, trusted: bool, marks: set[str]
) -> None:
    editor = client(env={"VIRTUAL_ENV": None})
    editor.initialize([trapped], configuration={"pythonExpert": {"trusted": trusted}})
    text = "import subprocess\nimport os\n\nx: int = ''\n"
    document = editor.open(trapped / "x.py", text)
    editor.wait_diagnostics(
        document, lambda items: {"B404", "F401", "assignment"} <= set(codes(items))
    )
    params = {
        "textDocument": {"uri": document},
        "options": {"tabSize": 4, "insertSpaces": True},
    }
    assert editor.request("textDocument/formatting", params)
    found = {mark.name for mark in (trapped.parent / "marks").iterdir()}
    assert found == marks


@pytest.mark.parametrize("wrong", [3, {"network": "no"}, {"netwrk": False}, {"ignore": 1}])
def test_where_nobody_can_say_what_privacy_was_meant_nothing_is_sent(wrong: object) -> None:
    settings, faults = merge([Layer("editor", {"privacy": wrong})])
    assert not settings.privacy.network
    assert faults[-1] == "editor: nothing is sent until all under 'privacy' is right"


def test_where_a_project_cannot_be_read_nothing_is_sent(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text("[tool.python-expert\n")
    settings, faults = load(tmp_path, [])
    assert not settings.privacy.network
    assert "nothing is sent until it can be" in faults[0]
