"""The documentation's links are valid, and its examples are the code that the tests run."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FOLDERS = ("", "docs", "client-vscode", "client-vscode/media", "integrations/neovim")
COPY = ROOT / "client-vscode/CHANGELOG.md"
"""The copy of CHANGELOG.md that packaging the extension makes; its links are those of the root."""

PAGES = [page for each in FOLDERS for page in sorted((ROOT / each).glob("*.md")) if page != COPY]
ARCHITECTURE = (ROOT / "docs/architecture.md").read_text(encoding="utf-8")

_LINK = re.compile(r"\]\(([^)\s]+)\)")
_CODE = re.compile(r"^( *)```.*?^\1```$|`[^`]*`", re.DOTALL | re.MULTILINE)


def _anchors(page: Path) -> set[str]:
    """Return the anchors of a page's headings, as GitHub generates them."""
    text = _CODE.sub(
        lambda code: "" if code[0].startswith("```") else code[0], page.read_text("utf-8")
    )
    headings = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_is_valid(page: Path) -> None:
    for link in _LINK.findall(_CODE.sub("", page.read_text(encoding="utf-8"))):
        if re.match(r"[a-z]+:", link):
            continue
        path, _, anchor = link.partition("#")
        target = page.parent / path if path else page
        assert target.exists(), link
        assert not anchor or anchor in _anchors(target), link


def test_the_index_lists_every_page() -> None:
    index = (ROOT / "docs/README.md").read_text(encoding="utf-8")
    pages = {path.name for path in (ROOT / "docs").glob("*.md")} - {"README.md"}
    assert pages <= set(_LINK.findall(index))


def test_the_examples_of_the_architecture_are_the_code_that_tests_run() -> None:
    files = [*ROOT.glob("tests/**/toy_tool.py"), *ROOT.glob("tests/toy_action/*")]
    texts = [path.read_text(encoding="utf-8") for path in files if path.is_file()]
    examples = re.findall(r"^```\w+\n(.*?)^```$", ARCHITECTURE, re.DOTALL | re.MULTILINE)
    assert len(examples) == 3
    for example in examples:
        assert any(example in text for text in texts), example


def test_the_files_that_the_architecture_names_exist() -> None:
    names = set(re.findall(r"`([\w/-]+\.(?:py|json|md|ts|toml))`", ARCHITECTURE))
    paths = [
        path
        for folder in ("server", "tests", "client-vscode/src")
        for path in (ROOT / folder).rglob("*")
    ]
    endings = {"/".join(path.parts[-n:]) for path in paths for n in range(1, 6)}
    assert sorted(names - endings - {"pyproject.toml", "package.nls.json"}) == []


def test_the_set_up_is_the_start_of_the_test_command() -> None:
    set_up = "python3 -m venv .venv && .venv/bin/pip install --quiet -e '.[dev]'"
    assert f"\n{set_up}\n" in (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    assert f"\n{set_up} && " in (ROOT / "README.md").read_text(encoding="utf-8")
