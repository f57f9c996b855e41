"""The compared servers, and how to start each."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import sysconfig
import venv
from dataclasses import dataclass, field, replace
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from tests.bench.workload import RULES
from tests.client import Client, Json

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from contextlib import ExitStack

REPOSITORY = Path(__file__).parents[2]

EXPERT = "python-expert"
BEFORE = "python-expert, before"
RUFF = "ruff server"
PYLSP = "pylsp"
TY = "ty"
PYREFLY = "pyrefly"
BASEDPYRIGHT = "basedpyright"
ZUBAN = "zuban"

PYLSP_REQUIREMENTS = (
    "python-lsp-server==1.15.0",
    "python-lsp-ruff==2.3.4",
    "pylsp-mypy==0.8.2",
)
TY_REQUIREMENT = "ty==0.0.105"
PYREFLY_REQUIREMENT = "pyrefly==1.4.1"
BASEDPYRIGHT_REQUIREMENT = "basedpyright==1.40.2"
ZUBAN_REQUIREMENT = "zuban==0.10.2"

PYLSP_DEBOUNCE_S = 0.5
"""``LINT_DEBOUNCE_S``, line 30 of python-lsp-server 1.15.0's ``pylsp/python_lsp.py``; its
``debounced`` restarts a ``threading.Timer`` with each change (``pylsp/_utils.py``)."""

EXPERT_DEBOUNCE_S = 0.05
"""The longest that Python Expert waits before a tool of its own starts (``config.py``)."""

SCRIPTS = Path(sysconfig.get_path("scripts"))

ENVIRONMENT = {
    "VIRTUAL_ENV": sys.prefix,
    "PATH": os.pathsep.join([str(SCRIPTS), os.environ.get("PATH", os.defpath)]),
}
"""The variables of this interpreter's activated environment, which every server checks against."""


@dataclass(frozen=True)
class Peer:
    """A server in the comparison.

    Attributes:
        name: The name in the report.
        argv: The command.
        tools: The sources of its diagnostics, in lower case.
        env: Changes of the environment.
        options: The ``initializationOptions``.
        settings: The settings for ``workspace/didChangeConfiguration``, if any.
        debounce_s: Seconds that it waits before it starts any work.
        starts_within_s: Seconds after an edit within which all its work has started.
    """

    name: str
    argv: Sequence[str]
    tools: tuple[str, ...]
    env: Mapping[str, str | None] = field(default_factory=dict)
    options: Json = None
    settings: Json = None
    debounce_s: float = 0.0
    starts_within_s: float = 0.0

    def spawn(self, stack: ExitStack, folder: Path) -> Client:
        """Start the server, which ends with the stack."""
        client = Client(self.argv, cwd=folder, env={**ENVIRONMENT, **self.env})
        return stack.enter_context(client)

    def greet(self, client: Client, folder: Path, *, pull: bool = False) -> None:
        """Initialize the server, as an editor that pulls diagnostics or that gets them pushed."""
        asking: Json = {"textDocument": {"diagnostic": {}, "publishDiagnostics": None}}
        client.initialize([folder], options=self.options, capabilities=asking if pull else {})
        if self.settings is not None:
            client.notify("workspace/didChangeConfiguration", {"settings": self.settings})


def expert() -> Peer:
    """Return Python Expert without a configuration."""
    installed = find_spec("python_expert") is not None
    path = os.pathsep.join(filter(None, (str(REPOSITORY / "server"), os.environ.get("PYTHONPATH"))))
    return Peer(
        EXPERT,
        [sys.executable, "-m", "python_expert", "server"],
        ("ruff", "mypy", "bandit"),
        env={} if installed else {"PYTHONPATH": path},
        starts_within_s=EXPERT_DEBOUNCE_S,
    )


def before(python: Path) -> Peer:
    """Return the Python Expert of another environment, for example from before a change.

    Args:
        python: The interpreter of that environment.
    """
    return replace(
        expert(),
        name=BEFORE,
        argv=[str(python), "-m", "python_expert", "server"],
        env={"PATH": os.pathsep.join([str(python.parent), os.environ.get("PATH", os.defpath)])},
    )


def ruff() -> Peer:
    """Return ruff's own server, with the rules of Python Expert's profile."""
    settings = {"configuration": {"lint": {"select": list(RULES)}}}
    return Peer(RUFF, [str(SCRIPTS / "ruff"), "server"], ("ruff",), options={"settings": settings})


def pylsp(cache: Path) -> Peer:
    """Return python-lsp-server with its live ruff and mypy plugins; there is none for bandit.

    Args:
        cache: The folder that keeps its virtual environment between runs.
    """
    off = ("pycodestyle", "pyflakes", "mccabe", "autopep8", "yapf")
    plugins: dict[str, Json] = {name: {"enabled": False} for name in off}
    plugins["ruff"] = {
        "enabled": True,
        "formatEnabled": False,
        "select": list(RULES),
        # Faster than its default, `python -m ruff`.
        "executable": str(SCRIPTS / "ruff"),
    }
    plugins["pylsp_mypy"] = {
        "enabled": True,
        "live_mode": True,
        "strict": True,
        # mypy must see the same packages as with the other servers.
        "overrides": [True, "--python-executable", sys.executable],
    }
    # The ruff and mypy of this environment.
    wanted = [*PYLSP_REQUIREMENTS, *(f"{name}=={version(name)}" for name in ("ruff", "mypy"))]
    return Peer(
        PYLSP,
        [str(_environment(cache, PYLSP, wanted) / "bin" / "pylsp")],
        ("ruff", "mypy"),
        # Without mypy on PATH it calls mypy in its own process, which is 200 ms faster.
        env={"PATH": os.defpath},
        settings={"pylsp": {"plugins": plugins}},
        debounce_s=PYLSP_DEBOUNCE_S,
        starts_within_s=PYLSP_DEBOUNCE_S,
    )


def ty(cache: Path) -> Peer:
    """Return Astral's type checker without a configuration.

    Args:
        cache: The folder that keeps its virtual environment between runs.
    """
    program = _environment(cache, TY, [TY_REQUIREMENT]) / "bin" / "ty"
    return Peer(TY, [str(program), "server"], ("ty",))


def pyrefly(cache: Path) -> Peer:
    """Return Meta's type checker, which shows no type errors in a project without a configuration.

    Args:
        cache: The folder that keeps its virtual environment between runs.
    """
    program = _environment(cache, PYREFLY, [PYREFLY_REQUIREMENT]) / "bin" / "pyrefly"
    options = {"pyrefly": {"displayTypeErrors": "force-on"}}
    return Peer(PYREFLY, [str(program), "lsp"], ("pyrefly",), options=options)


def basedpyright(cache: Path) -> Peer:
    """Return the fork of Microsoft's type checker without a configuration.

    Args:
        cache: The folder that keeps its virtual environment between runs.
    """
    folder = _environment(cache, BASEDPYRIGHT, [BASEDPYRIGHT_REQUIREMENT])
    argv = [str(folder / "bin" / "basedpyright-langserver"), "--stdio"]
    return Peer(BASEDPYRIGHT, argv, ("basedpyright",))


def zuban(cache: Path) -> Peer:
    """Return Zuban without a configuration.

    Args:
        cache: The folder that keeps its virtual environment between runs.
    """
    program = _environment(cache, ZUBAN, [ZUBAN_REQUIREMENT]) / "bin" / "zuban"
    return Peer(ZUBAN, [str(program), "server"], ("zuban",))


def package(cache: Path, requirement: str) -> Path:
    """Fetch a package once, without its dependencies; return its folder.

    Args:
        cache: The folder that keeps the package between runs.
        requirement: The name and version in pip's notation.
    """
    folder = cache / f"package-{requirement}"
    if not folder.exists():
        pip = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        new = folder.with_suffix(".new")
        subprocess.run([*pip, "--no-deps", "--target", str(new), requirement], check=True)
        new.rename(folder)
    return folder


def _environment(cache: Path, name: str, wanted: Sequence[str]) -> Path:
    """Create a server's own environment once."""
    key = hashlib.sha256(" ".join([sys.version, *wanted]).encode()).hexdigest()[:12]
    folder = cache / f"{name}-{key}"
    finished = folder / "finished"
    if not finished.exists():
        venv.create(folder, with_pip=True, clear=True)
        pip = [str(folder / "bin" / "python"), "-m", "pip", "install", "--quiet"]
        subprocess.run([*pip, "--disable-pip-version-check", *wanted], check=True)
        finished.write_text("\n".join(wanted) + "\n")
    return folder


def default_cache() -> Path:
    """Return a cache folder outside the repository."""
    base = os.environ.get("XDG_CACHE_HOME")
    return (Path(base) if base else Path.home() / ".cache") / "python-expert-bench"


def versions() -> dict[str, str]:
    """Return the versions of all servers and tools."""
    found = {"Python": sys.version.split()[0], EXPERT: _expert_version()}
    found |= {name: version(name) for name in ("ruff", "mypy", "bandit", "rich")}
    checkers = (TY_REQUIREMENT, PYREFLY_REQUIREMENT, BASEDPYRIGHT_REQUIREMENT, ZUBAN_REQUIREMENT)
    requirements = (*PYLSP_REQUIREMENTS, *checkers)
    found |= dict(requirement.split("==") for requirement in requirements)
    return found


def _expert_version() -> str:
    try:
        return version(EXPERT)
    except PackageNotFoundError:
        text = (REPOSITORY / "server" / "python_expert" / "__init__.py").read_text()
        return text.partition('__version__ = "')[2].partition('"')[0] or "unknown"
