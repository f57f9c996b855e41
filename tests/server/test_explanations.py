"""Every rule is explained, and its tool reports the bad sample but not the good one."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest
from mypy.errorcodes import error_codes

from python_expert.tools.bandit.tool import Bandit
from python_expert.tools.explanations import read_pages, similar
from python_expert.tools.mypy.tool import Mypy
from python_expert.tools.pytest import spec
from python_expert.tools.pytest.tool import Pytest

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.conftest import ProjectFactory

pytestmark = pytest.mark.one_python

MORE_OPTIONS = {
    "annotation-unchecked": "check_untyped_defs = false\ndisallow_untyped_defs = false",
    "explicit-any": "disallow_any_explicit = true",
    "no-any-unimported": "disallow_any_unimported = true",
    "unreachable": "warn_unreachable = true",
}
"""Options that the samples of some codes need besides ``--strict``, as their pages say."""

ALL_OF_BANDIT = """
import json
from bandit.core.extension_loader import MANAGER
print(json.dumps([*MANAGER.plugins_by_id, *MANAGER.blacklist_by_id]))
"""

_SAMPLES = re.compile(
    r"## Example\n\n```python\n(.*?)```\n\nUse instead:\n\n```python\n(.*?)```", re.DOTALL
)


class Samples(NamedTuple):
    """The two samples of a page."""

    bad: str
    good: str


def samples(pages: Mapping[str, str]) -> dict[str, Samples]:
    """Return the samples of each page that has samples."""
    found = {code: _SAMPLES.search(page) for code, page in pages.items()}
    return {code: Samples(*match.groups()) for code, match in found.items() if match}


def write_samples(folder: Path, page_samples: Mapping[str, Samples]) -> None:
    """Write the samples as files named after the code."""
    for code, pair in page_samples.items():
        for kind, text in pair._asdict().items():
            # On the page, the character would reverse the text that follows it.
            real = text.replace("<U+202E>", "\N{RIGHT-TO-LEFT OVERRIDE}")
            (folder / f"{kind}_{code.replace('-', '_')}.py").write_text(real, encoding="utf-8")


def run_mypy(folder: Path, *files: str) -> dict[str, set[str]]:
    """Return the codes that mypy reports in files, by the files' stems."""
    argv = [sys.executable, "-m", "mypy", "--config-file", "mypy.ini", "--output", "json", *files]
    done = subprocess.run(argv, cwd=folder, capture_output=True, text=True, check=False)
    found: dict[str, set[str]] = defaultdict(set)
    for item in map(json.loads, done.stdout.splitlines()):
        found[item["file"].removesuffix(".py")].add(item["code"] or "")
    return found


def test_mypy_reports_the_bad_sample_of_each_code_and_not_the_good_one(tmp_path: Path) -> None:
    pages = read_pages(Mypy)
    page_samples = samples(pages)
    assert page_samples.keys() == pages.keys()
    assert error_codes.keys() <= page_samples.keys()
    page_samples = {code: page_samples[code] for code in error_codes}
    sections = ["[mypy]\nstrict = true\n"]
    sections += (
        f"[mypy-{kind}_{code.replace('-', '_')}]\nenable_error_code = {code}\n"
        f"{MORE_OPTIONS.get(code, '')}\n"
        for code in page_samples
        for kind in Samples._fields
    )
    (tmp_path / "mypy.ini").write_text("".join(sections))
    write_samples(tmp_path, page_samples)
    syntax = run_mypy(tmp_path, "bad_syntax.py")
    (tmp_path / "bad_syntax.py").unlink()  # after it, mypy checks nothing else
    found = run_mypy(tmp_path, ".") | syntax
    for code in page_samples:
        name = code.replace("-", "_")
        parts = {
            part for part, each in error_codes.items() if each.sub_code_of is error_codes[code]
        }
        assert found[f"bad_{name}"] & {code, *parts}, code
        assert found[f"good_{name}"] == set(), code


def test_bandit_reports_the_bad_sample_of_each_test_and_not_the_good_one(tmp_path: Path) -> None:
    pages = read_pages(Bandit)
    page_samples = samples(pages)
    assert page_samples.keys() == pages.keys()
    every = subprocess.run([sys.executable, "-c", ALL_OF_BANDIT], capture_output=True, check=True)
    assert page_samples.keys() >= {*json.loads(every.stdout)}
    write_samples(tmp_path, page_samples)
    argv = [sys.executable, "-m", "bandit", "--quiet", "--recursive", "--format", "json", "."]
    done = subprocess.run(argv, cwd=tmp_path, capture_output=True, text=True, check=False)
    found: dict[str, dict[str, Any]] = defaultdict(dict)
    for item in json.loads(done.stdout)["results"]:
        found[Path(item["filename"]).stem][item["test_id"]] = item
    for code, page in pages.items():
        assert code not in found[f"good_{code}"], code
        item = found[f"bad_{code}"][code]
        assert f"[CWE-{item['issue_cwe']['id']}]({item['issue_cwe']['link']})" in page
        assert re.sub(r"(?<=/en/)[\d.]+", "latest", item["more_info"]) in page


def test_each_code_of_mypy_leads_to_its_place_in_the_documentation() -> None:
    for code, page in read_pages(Mypy).items():
        assert re.search(
            rf"\.readthedocs\.io/en/stable/error_code_list2?\.html#code-{code}\)", page
        )


def test_findings_of_pytest_and_coverage_are_explained_on_the_linked_page() -> None:
    pages = read_pages(Pytest)
    assert pages.keys() == spec.PAGES.keys()
    assert all(f"({spec.PAGES[code]})" in page for code, page in pages.items())


def explain(folder: Path, *args: str) -> subprocess.CompletedProcess[str]:
    """Run the command."""
    argv = [sys.executable, "-m", "python_expert", "explain", *args]
    return subprocess.run(argv, cwd=folder, capture_output=True, text=True, check=False)


def test_rules_of_all_tools_are_explained_in_one_call(project: ProjectFactory) -> None:
    folder = project({"pyproject.toml": "[tool.python-expert.tools]\nbandit.enabled = false\n"})
    done = explain(folder, "f401", "arg-type", "B602", "unused-variable")
    assert done.returncode == 0, done.stderr
    titles = re.findall("^# (.+)$", done.stdout.replace("```python\n# ", ""), re.MULTILINE)
    assert [each for each in titles if each.endswith(")")] == [
        "unused-import (F401)",
        "arg-type (mypy)",
        "subprocess_popen_with_shell_equals_true (B602)",
        "unused-variable (F841)",
    ]
    assert "Use instead:" in done.stdout
    assert "https://docs.astral.sh/ruff/rules/unused-import/" in done.stdout
    (item,) = json.loads(explain(folder, "B602", "--output-format", "json").stdout)
    assert (item["source"], item["code"]) == ("Bandit", "B602")
    assert item["text"] == read_pages(Bandit)["B602"]


def test_rules_are_found_by_their_names_and_between_commas(tmp_path: Path) -> None:
    done = explain(tmp_path, "invalid-syntax,PE002", "http-status-number")
    titles = re.findall("^# (.+)$", done.stdout, re.MULTILINE)
    expected = ["invalid-syntax", "closed-in-finally (PE002)", "http-status-number (PE004)"]
    assert titles == expected, done


def test_an_unknown_rule_is_an_error_with_the_nearest_ones(tmp_path: Path) -> None:
    done = explain(tmp_path, "F401", "F40")
    assert (done.returncode, done.stdout) == (2, "")
    assert re.search(r"no tool has a rule 'F40'; did you mean F401,\s+F402", done.stderr)


@pytest.mark.parametrize(
    ("code", "near"),
    [("B001", ["B002"]), ("S1011", ["S101"]), ("F999", []), ("arg-typ", ["arg-type"])],
)
def test_codes_of_other_families_are_not_similar(code: str, near: list[str]) -> None:
    page_samples = ["B002", "B101", "FBT001", "N999", "E999", "S101", "F401", "arg-type"]
    assert sorted(similar(code, page_samples)) == near


def test_codes_that_begin_alike_come_before_those_that_look_alike() -> None:
    assert similar("b60", ["B601", "B060", "B602"]) == ["B601", "B602"]
    assert similar("retrun", ["return", "no-redef"]) == ["return"]
    assert similar("zzz", ["return", "no-redef"]) == []
