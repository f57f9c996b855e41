"""Four real projects, fetched from the package index, each with its developers' environment."""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
import tarfile
from pathlib import Path
from typing import NamedTuple

SCRIPTS = Path(sysconfig.get_path("scripts"))

DEVELOPMENT = ("pytest>=8.3", "trio>=0.26", "typer>=0.12.4")
"""The packages that the workspace's tests and its command line import."""


class Project(NamedTuple):
    """A project to try.

    Attributes:
        source: The project's source distribution.
        folder: The folder in the distribution that a user opens.
        install: The packages of its environment; empty if it has none.
        file: A file to open.
        oldest: The oldest Python that it supports, in ruff's notation.
        lines_per_error: At most one error is allowed for this many lines.
        imports: The modules that must be importable after Fix All.
    """

    source: str
    folder: str
    install: tuple[str, ...]
    file: str
    oldest: str
    lines_per_error: int
    imports: str = ""


PROJECTS = {
    "a library": Project(
        "rich==14.0.0", "", ("-e", "."), "rich/table.py", "py38", 2000, "import rich.table"
    ),
    "a client": Project("httpx==0.28.1", "", ("-e", "."), "httpx/_urls.py", "py38", 200),
    "a workspace": Project(
        "mcp==1.9.0",
        "",
        ("-e", ".", "-e", "examples/servers/simple-tool", *DEVELOPMENT),
        "examples/servers/simple-tool/mcp_simple_tool/server.py",
        "py310",
        100,
        "import mcp_simple_tool.server",
    ),
    "scripts": Project("pyserial==3.5", "examples", (), "tcp_serial_redirect.py", "py38", 30),
}


def fetch(project: Project, home: Path) -> Path:
    """Create a project's repository and environment in a folder; return its path."""
    source = ["--no-deps", "--no-binary", ":all:", project.source]
    subprocess.run([sys.executable, "-m", "pip", "download", "-q", *source, "-d", home], check=True)
    (archive,) = home.glob("*.tar.gz")
    with tarfile.open(archive) as file:
        file.extractall(home, filter="data")
    folder = home / archive.name.removesuffix(".tar.gz") / project.folder
    git = ["git", "-c", "user.name=x", "-c", "user.email=x@example.org"]
    (folder / ".gitignore").write_text(".venv/\n", encoding="utf-8")
    for words in (["init", "-q"], ["add", "-A"], ["commit", "-q", "-m", "x"]):
        subprocess.run([*git, *words], cwd=folder, check=True)
    if project.install:
        uv, environment = SCRIPTS / "uv", {**os.environ, "VIRTUAL_ENV": str(folder / ".venv")}
        subprocess.run([uv, "venv", "-q", "-p", sys.executable, ".venv"], cwd=folder, check=True)
        install = ("pip", "install", "-q", *project.install)
        subprocess.run([uv, *install], cwd=folder, env=environment, check=True)
    return folder
