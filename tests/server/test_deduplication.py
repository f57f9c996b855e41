"""Duplicate findings: the real tools report both findings of every pair in the tables."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from python_expert.diagnostics.deduplication import (
    merge,
)
from python_expert.diagnostics.finding import Finding, Severity, ToolName
from python_expert.text.document import Document, Position, Range
from python_expert.tools.bandit import spec as bandit
from python_expert.tools.bandit.launch import BanditLaunch
from python_expert.tools.bandit.tool import Bandit
from python_expert.tools.mypy import spec as mypy
from tests.tools import ANTIPATTERNS, BANDIT, MERGING, MYPY, NAMES, RUFF

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

pytestmark = pytest.mark.one_python

# For each test of bandit, a text in which bandit and ruff report the same problem.
BANDIT_SAMPLES = {
    "B101": "assert x\n",
    "B102": "exec(x)\n",
    "B103": "import os\nos.chmod('/etc/passwd', 0o777)\n",
    "B104": "host = '0.0.0.0'\n",
    "B105": "password = 'hunter2'\n",
    "B106": "login(password='hunter2')\n",
    "B107": "def login(\n    password='hunter2',\n):\n    return password\n",
    "B108": "path = '/tmp/x'\n",
    "B110": "try:\n    x()\nexcept Exception:\n    pass\n",
    "B112": "for i in x:\n    try:\n        x()\n    except Exception:\n        continue\n",
    "B113": "import requests\nrequests.get('https://x')\n",
    "B201": "import flask\napp = flask.Flask(__name__)\napp.run(debug=True)\n",
    "B202": "import tarfile\nt = tarfile.open(x)\nt.extractall()\n",
    "B301": "import pickle\npickle.loads(x)\n",
    "B302": "import marshal\nmarshal.loads(x)\n",
    "B303": "from Crypto.Hash import MD5\nMD5.new()\n",
    "B304": "from Crypto.Cipher import DES\nDES.new(x)\n",
    "B305": "from cryptography.hazmat.primitives.ciphers import modes\nmodes.ECB(x)\n",
    "B306": "import tempfile\ntempfile.mktemp()\n",
    "B307": "eval(x)\n",
    "B308": "from django.utils.safestring import mark_safe\nmark_safe(x)\n",
    "B310": "import urllib.request\nurllib.request.urlopen(x)\n",
    "B311": "import random\nrandom.random()\n",
    "B312": "import telnetlib\ntelnetlib.Telnet(x)\n",
    "B313": "import xml.etree.cElementTree as e\ne.parse(x)\n",
    "B314": "import xml.etree.ElementTree as e\ne.parse(x)\n",
    "B315": "import xml.sax.expatreader\nxml.sax.expatreader.create_parser(x)\n",
    "B316": "import xml.dom.expatbuilder\nxml.dom.expatbuilder.parse(x)\n",
    "B317": "import xml.sax\nxml.sax.parse(x, y)\n",
    "B318": "import xml.dom.minidom\nxml.dom.minidom.parse(x)\n",
    "B319": "import xml.dom.pulldom\nxml.dom.pulldom.parse(x)\n",
    "B321": "import ftplib\nftplib.FTP(x)\n",
    "B323": "import ssl\nssl._create_unverified_context()\n",
    "B324": "import hashlib\nhashlib.md5(x)\n",
    "B401": "import telnetlib\n",
    "B402": "import ftplib\n",
    "B403": "import pickle\n",
    "B404": "import subprocess\n",
    "B405": "import xml.etree.ElementTree\n",
    "B406": "import xml.sax\n",
    "B407": "import xml.dom.expatbuilder\n",
    "B408": "import xml.dom.minidom\n",
    "B409": "import xml.dom.pulldom\n",
    "B411": "import xmlrpc\n",
    "B412": "from wsgiref.handlers import CGIHandler\n",
    "B413": "from Crypto.Cipher import AES\n",
    "B415": "import pyghmi\n",
    "B501": "import requests\nrequests.get(x, timeout=1, verify=False)\n",
    "B502": "import ssl\nssl.wrap_socket(ssl_version=ssl.PROTOCOL_SSLv3)\n",
    "B503": "import ssl\ndef f(version=ssl.PROTOCOL_SSLv3):\n    return version\n",
    "B504": "import ssl\nssl.wrap_socket()\n",
    "B505": "from Crypto.PublicKey import RSA\nRSA.generate(bits=512)\n",
    "B506": "import yaml\nyaml.load(x)\n",
    "B507": "from paramiko import client as p\n"
    "c = p.SSHClient()\nc.set_missing_host_key_policy(p.AutoAddPolicy)\n",
    "B508": "from pysnmp.hlapi import CommunityData\nCommunityData('public', mpModel=0)\n",
    "B509": "from pysnmp.hlapi import UsmUserData\nUsmUserData('name')\n",
    "B601": "import paramiko\nparamiko.exec_command(x)\n",
    "B602": "import subprocess\nsubprocess.Popen(\n    x,\n    shell=True,\n)\n",
    "B603": "import subprocess\nsubprocess.run([x])\n",
    "B604": "f(x, shell=True)\n",
    "B605": "import os\nos.system(x)\n",
    "B606": "import os\nos.execl(x, y)\n",
    "B607": "import subprocess\nsubprocess.run(['ls'])\n",
    "B608": "q = f'select * from t where a = {x}'\n",
    "B609": "import os\nos.system('chmod 777 *')\n",
    "B610": "from x.models import User\nUser.objects.filter(a=1).extra(where=[x])\n",
    "B611": "from django.db.models.expressions import RawSQL\nRawSQL(x, [])\n",
    "B612": "import logging.config\nlogging.config.listen(9999)\n",
    "B613": "x = 'a\u202eb'\n",
    "B701": "import jinja2\njinja2.Environment(autoescape=False)\n",
    "B702": "import mako.template\nmako.template.Template(x)\n",
    "B703": "from django.utils.safestring import mark_safe\ndef f(x):\n    return mark_safe(x)\n",
    "B704": "import markupsafe\nmarkupsafe.Markup(x)\n",
}

FUTURE, NO_FUTURE = "syntax", "attr-defined"
if sys.version_info < (3, 14):  # since then an invalid import from __future__ is a syntax error
    FUTURE, NO_FUTURE = NO_FUTURE, FUTURE

# For each code of mypy (under misc: the start of its message) and each of its duplicates, a text
# in which mypy and ruff report the same problem.
MYPY_SAMPLES = {
    ("", "F701"): "break\n",
    ("", "F702"): "continue\n",
    ("", "F704"): "class A:\n    yield 1\n",
    ("", "invalid-syntax"): "def f(a: int, a: int) -> None: ...\n",
    (FUTURE, "F407"): "from __future__ import nope\n",
    ("await-not-async", "PLE1142"): "async def g() -> None: ...\ndef f() -> None:\n    await g()\n",
    ("ignore-without-code", "PGH003"): "x: int = ''  # type: ignore\n",
    ("name-defined", "F821"): "é = 'é', unknown\n",
    ("no-redef", "F811"): "def f() -> None: ...\n@print\ndef f() -> None:\n    return\n",
    ("no-untyped-def", "ANN001"): "def f(\n    x: int,\n    y\n) -> None:\n    return\n",
    ("no-untyped-def", "ANN002"): "def f(*args) -> None: ...\n",
    ("no-untyped-def", "ANN003"): "def f(**kwargs) -> None: ...\n",
    ("no-untyped-def", "ANN201"): "async def f(x: int):\n    return x\n",
    ("no-untyped-def", "ANN202"): "def _f(x: int):\n    return x\n",
    ("no-untyped-def", "ANN204"): "class A:\n    def __str__(self):\n        return ''\n",
    (
        "no-untyped-def",
        "ANN205",
    ): "class A:\n    @staticmethod\n    def f(x: int):\n        return x\n",
    (
        "no-untyped-def",
        "ANN206",
    ): "class A:\n    @classmethod\n    def f(cls, x: int):\n        return x\n",
    ("return-value", "PLE0101"): "class A:\n    def __init__(self) -> None:\n        return 1\n",
    ("str-format", "F501"): "print('%' % 1)\n",
    ("str-format", "F502"): "print('%(a)s' % (1,))\n",
    ("str-format", "F505"): "print('%(a)s %(b)s' % {'a': 1})\n",
    ("str-format", "F506"): "print('%(a)s %s' % {'a': 1})\n",
    ("str-format", "F507"): "print('%s %s' % (1,))\n",
    ("str-format", "F508"): "print('%(a)*s' % {'a': 1})\n",
    ("str-format", "F509"): "print('%y' % 1)\n",
    ("str-format", "F521"): "print('{'.format(1))\n",
    ("str-format", "F522"): "print('{a}'.format(a=1, b=2))\n",
    ("str-format", "F523"): "print('{}'.format(1, 2))\n",
    ("str-format", "F524"): "print(\n    '{} {}'.format(\n        1\n    )\n)\n",
    ("str-format", "F525"): "print('{} {0}'.format(1))\n",
    ("str-format", "PLE1300"): "print('%y' % 1)\n",
    ("str-format", "PLE1307"): "print('%d' % 'a')\n",
    ("syntax", "PLE1142"): "def f(x: int) -> None:\n    async with x: ...\n",
    ("syntax", "invalid-syntax"): "def f(:\n    pass\n",
    ("top-level-await", "F704"): "await 1\n",
    ("top-level-await", "PLE1142"): "await 1\n",
    ("used-before-def", "F821"): "def f() -> None:\n    print(x)\n    x = 1\n",
    ("used-before-def", "F823"): "x = 1\ndef f() -> None:\n    print(x)\n    x = 2\n",
    ("valid-type", "F722"): "def f(x: 'a b') -> None: ...\n",
    ('"return" outside function', "F706"): "return 1\n",
    ("Assertion is always true", "F631"): "assert (1, 'x')\n",
    ("Duplicate base class", "PLE0241"): "class A: ...\nclass B(\n    A, A\n):\n    x = 1\n",
    ("Exception must be derived from BaseException", "B016"): "raise 'x'\n",
    ("Exception must be derived from BaseException", "F901"): "raise NotImplemented\n",
    (
        "Exception type must be derived from BaseException",
        "B030",
    ): "try:\n    pass\nexcept 5:\n    pass\n",
    ("Method must have at least one argument", "PLE0211"): "class A:\n    def f() -> None: ...\n",
    ("No binding for nonlocal", "PLE0117"): "def f() -> None:\n    nonlocal x\n",
    ("String argument 1", "PLC0132"): "from typing import TypeVar\nT = TypeVar('U')\n",
    (
        "Too many arguments for property",
        "PLR0206",
    ): "class A:\n    @property\n    def f(self, x: int) -> int:\n        return x\n",
    (
        "Trying to assign name",
        "PLE0237",
    ): "class A:\n    __slots__ = ('a',)\n    def __init__(self) -> None:\n        self.b = 1\n",
    ("Two starred expressions in assignment", "F622"): "*a, *b = [1, 2]\n",
    ("Type of __all__ must be", "PLE0605"): "__all__ = 5\n",
}

BLOCKING = {"", "syntax"}
"""Codes of mypy after which it checks no other file."""

RUFF_OPTIONS = (
    *("check", "--isolated", "--preview", "--target-version", "py311", "--no-cache"),
    *("--select", "ANN,B,F,PGH,PL,S", "--output-format", "json"),
)
MYPY_OPTIONS = (
    *("--strict", "--enable-error-code", "ignore-without-code", "--no-native-parser"),
    *("--python-version", "3.11", "--show-error-end", "--output", "json"),
)


def place(line: int, column: int, end_line: int, end_column: int) -> Range:
    """Return a range from 1-based lines and 0-based columns."""
    return Range(Position(line - 1, column), Position(end_line - 1, end_column))


def run(*argv: str | Path, cwd: Path) -> str:
    argv = (sys.executable, "-m", *argv)
    return subprocess.run(argv, cwd=cwd, capture_output=True, text=True, check=False).stdout


def ask_ruff(folder: Path) -> dict[str, list[Finding]]:
    """Return ruff's findings in a folder's files, by file name without suffix."""
    found: dict[str, list[Finding]] = {path.stem: [] for path in folder.glob("*.py")}
    for item in json.loads(run("ruff", *RUFF_OPTIONS, folder, cwd=folder)):
        start, end = item["location"], item["end_location"]
        where = place(start["row"], start["column"] - 1, end["row"], end["column"] - 1)
        code = item["code"] or "invalid-syntax"
        finding = Finding(RUFF, where, code, item["message"], Severity.WARNING)
        found[Path(item["filename"]).stem].append(finding)
    return found


def ask_mypy(folder: Path, paths: Iterable[Path]) -> dict[str, list[Finding]]:
    """Return mypy's findings in files of a folder."""
    found: dict[str, list[Finding]] = {path.stem: [] for path in paths}
    out = run("mypy", *MYPY_OPTIONS, *(f"{stem}.py" for stem in found), cwd=folder)
    for item in map(json.loads, out.splitlines()):
        where = place(item["line"], item["column"], item["end_line"], item["end_column"])
        finding = Finding(MYPY, where, item["code"] or "", item["message"], Severity.ERROR)
        if item["severity"] == "error":
            found[Path(item["file"]).stem].append(finding)
    return found


async def ask_bandit(folder: Path, paths: Sequence[Path]) -> dict[str, list[Finding]]:
    """Return bandit's findings in files of a folder."""
    bandit = Bandit(BanditLaunch(Path(sys.executable), folder))
    reports = [report async for (report,) in bandit.check_files(paths)]
    await bandit.stop()
    return {path.stem: list(report.findings) for path, report in zip(paths, reports, strict=True)}


class SampleFindings:
    """The tools' findings in some samples.

    Attributes:
        texts: The samples, by name.
        ruff: Ruff's findings, by the sample's name.
        other: The other tool's findings.
    """

    def __init__(self, folder: Path, texts: dict[str, str]) -> None:
        self.texts = texts
        for name, text in texts.items():
            (folder / f"{name}.py").write_text(text, encoding="utf-8")
        self.ruff = ask_ruff(folder)
        self.other: dict[str, list[Finding]] = {}

    def twins_of(self, name: str, tool: ToolName, code: str, rule: str) -> list[Finding]:
        """Return ruff's findings of a pair; assert that `merge` keeps only these."""
        ruff = [finding for finding in self.ruff[name] if finding.code == rule]
        other = [
            finding
            for finding in self.other[name]
            if finding.code == code or (code and finding.message.startswith(code))
        ]
        assert ruff, self.ruff[name]
        assert other, self.other[name]
        document = Document.of("", 0, self.texts[name])
        assert merge({tool: other}, [], document, MERGING) == other
        assert merge({tool: other, RUFF: ruff}, [], document, MERGING) == ruff
        return ruff


@pytest.fixture(scope="module")
def bandits(tmp_path_factory: pytest.TempPathFactory) -> SampleFindings:
    folder = tmp_path_factory.mktemp("bandit")
    samples_found = SampleFindings(folder, BANDIT_SAMPLES)
    samples_found.other = asyncio.run(ask_bandit(folder, sorted(folder.glob("*.py"))))
    return samples_found


@pytest.fixture(scope="module")
def mypys(tmp_path_factory: pytest.TempPathFactory) -> SampleFindings:
    folder = tmp_path_factory.mktemp("mypy")
    names = {key: f"sample_{number}" for number, key in enumerate(MYPY_SAMPLES)}
    samples_found = SampleFindings(folder, {names[key]: text for key, text in MYPY_SAMPLES.items()})
    together = [folder / f"{name}.py" for key, name in names.items() if key[0] not in BLOCKING]
    samples_found.other = ask_mypy(folder, together)
    for key, name in names.items():
        if key[0] in BLOCKING:
            samples_found.other |= ask_mypy(folder, [folder / f"{name}.py"])
    return samples_found


def test_every_pair_has_a_sample() -> None:
    tables = {**mypy.DUPLICATES, **mypy.MISC_DUPLICATES}
    assert BANDIT_SAMPLES.keys() == bandit.DUPLICATES.keys()
    pairs = {(code, rule) for code in tables for rule in tables[code].split()}
    assert MYPY_SAMPLES.keys() == pairs - {(NO_FUTURE, "F407")}


@pytest.mark.parametrize("code", BANDIT_SAMPLES)
def test_bandit_and_ruff_report_the_same(bandits: SampleFindings, code: str) -> None:
    (finding, *_) = bandits.twins_of(code, BANDIT, code, bandit.DUPLICATES[code])
    # And vice versa: ruff does not report a finding that a nosec suppresses.
    document = Document.of("", 0, BANDIT_SAMPLES[code])
    silenced = [each for each in bandits.other[code] if each.code == code]
    assert merge({RUFF: [finding]}, silenced, document, MERGING) == []


@pytest.mark.parametrize(
    ("number", "code", "rule"), [(n, *key) for n, key in enumerate(MYPY_SAMPLES)]
)
def test_mypy_and_ruff_report_the_same(
    mypys: SampleFindings, number: int, code: str, rule: str
) -> None:
    mypys.twins_of(f"sample_{number}", MYPY, code, rule)


def test_all_of_ruffs_bandit_rules_are_in_the_table() -> None:
    rules = json.loads(run("ruff", "rule", "--all", "--output-format", "json", cwd=Path.cwd()))
    current = {
        rule["code"]
        for rule in rules
        if rule["linter"] == "flake8-bandit" and "Removed" not in rule["status"]
    }
    assert current <= set(bandit.DUPLICATES.values())


def finding(
    tool: ToolName, code: str, line: int, end: int | None = None, message: str = ""
) -> Finding:
    """Return a finding on whole lines."""
    where = Range(Position(line, 0), Position(line if end is None else end, 1))
    return Finding(tool, where, code, message, Severity.WARNING)


def kept_by_merge(
    text: str, *findings: Finding, silenced: Sequence[Finding] = ()
) -> list[tuple[str, int]]:
    """Return the codes and lines of the findings that `merge` keeps."""
    reports: dict[ToolName, list[Finding]] = {}
    for each in findings:
        reports.setdefault(each.tool, []).append(each)
    merged = merge(reports, silenced, Document.of("", 0, text), MERGING)
    return [(each.code, each.range.start.line) for each in merged]


def test_only_duplicates_on_the_same_lines_are_dropped() -> None:
    found = (
        finding(MYPY, "name-defined", 0),
        finding(MYPY, "name-defined", 2),
        finding(MYPY, "arg-type", 0),
        finding(BANDIT, "B602", 1, 3),
        finding(BANDIT, "B614", 0),
        finding(RUFF, "F821", 0),
        finding(RUFF, "S602", 3),
        finding(RUFF, "S603", 1),
    )
    assert kept_by_merge("\n" * 5, *found) == [
        *(("F821", 0), ("S602", 3), ("S603", 1)),
        *(("name-defined", 2), ("arg-type", 0), ("B614", 0)),
    ]


def test_for_an_http_status_number_the_better_finding_is_shown() -> None:
    text = "ok = status_code == 404 and n == 77\n"
    status, other = (Range(Position(0, at), Position(0, at + 3)) for at in (20, 33))
    ours = finding(ANTIPATTERNS, "PE004", 0)._replace(range=status)
    ruffs = finding(RUFF, "PLR2004", 0)._replace(range=status)
    magic = ruffs._replace(range=other)
    document = Document.of("", 0, text)
    assert merge({RUFF: [ruffs, magic], ANTIPATTERNS: [ours]}, [], document, MERGING) == [
        magic,
        ours,
    ]
    assert merge({RUFF: [ruffs, magic]}, [], document, MERGING) == [ruffs, magic]
    quiet = Document.of("", 0, text.replace("\n", "  # noqa: PLR2004\n"))
    assert merge({RUFF: [], ANTIPATTERNS: [ours]}, [], quiet, MERGING) == []
    assert merge({RUFF: [ruffs]}, [ours], document, MERGING) == []


def test_a_range_up_to_the_start_of_a_line_is_not_on_it() -> None:
    where = Range(Position(0, 0), Position(1, 0))
    call = Finding(BANDIT, where, "B602", "", Severity.WARNING)
    assert kept_by_merge("\n\n", finding(RUFF, "S602", 1), call) == [("S602", 1), ("B602", 0)]


def test_only_the_header_of_a_definition_is_compared() -> None:
    text = "@cache(\n    x\n)\ndef f(\n    x,\n) -> None:  # why\n    import os\n    import os\n"
    whole = finding(MYPY, "no-redef", 0, 7)
    assert kept_by_merge(text, finding(RUFF, "F811", 7), whole) == [("F811", 7), ("no-redef", 0)]
    assert kept_by_merge(text, finding(RUFF, "F811", 3), whole) == [("F811", 3)]


def test_ruffs_syntax_error_replaces_others_at_any_place() -> None:
    syntax = finding(MYPY, "syntax", 4)
    assert kept_by_merge("\n" * 5, syntax, finding(RUFF, "F821", 0)) == [("F821", 0), ("syntax", 4)]
    assert kept_by_merge("\n" * 5, syntax, finding(RUFF, "invalid-syntax", 0)) == [
        ("invalid-syntax", 0)
    ]


def test_the_first_of_exact_duplicates_is_kept() -> None:
    one, other = finding(MYPY, "misc", 0), finding(MYPY, "misc", 0, message="other")
    assert kept_by_merge("", one, one, other, one) == [("misc", 0), ("misc", 0)]
    assert kept_by_merge("", finding(RUFF, "X", 0), finding(RUFF, "X", 0)) == [("X", 0)]
    assert kept_by_merge("", finding(MYPY, "X", 0), finding(BANDIT, "X", 0)) == [("X", 0), ("X", 0)]


def test_a_nosec_also_suppresses_ruffs_duplicate() -> None:
    found = (finding(RUFF, "S602", 1), finding(RUFF, "S602", 4), finding(RUFF, "S603", 1))
    assert kept_by_merge("\n" * 5, *found, silenced=[finding(BANDIT, "B602", 0, 2)]) == [
        ("S602", 4),
        ("S603", 1),
    ]
    # Of two tests with one duplicate, the one that is not suppressed is still reported.
    marks = (finding(RUFF, "S308", 0), finding(BANDIT, "B703", 0))
    assert kept_by_merge("\n", *marks, silenced=[finding(BANDIT, "B308", 0)]) == [("B703", 0)]


def test_a_comment_on_the_first_or_last_line_suppresses_a_finding() -> None:
    text = "f(\n  x,{}\n)  # noqa: S602\n"
    assert kept_by_merge(text.replace("{}", ""), finding(BANDIT, "B602", 0, 2)) == []
    text = "f(\n  x,  # noqa\n)  # noqa: S603\n"
    assert kept_by_merge(text, finding(BANDIT, "B602", 0, 2)) == [("B602", 0)]
    assert kept_by_merge(text, finding(BANDIT, "B614", 1)) == [
        ("B614", 1)
    ]  # which has no duplicate
    assert kept_by_merge("x = 1\r\ny = 2  # noqa\r\n", finding(MYPY, "name-defined", 1)) == []


LINE_COMMENTS = [
    *("# noqa", "#noqa", "# NOQA", "# NoQA : F821", "# noqa:F821", "# noqa: F821,S602", "#: noqa"),
    *("# noqa: S602 F821", "# noqa:S602,,F821", "# noqa: X1", "# noqa: because", "# noqa because"),
    *("# noqa: f821", "# noqa: F8", "# noqa: F", "# noqa:S602;F821", "# noqa:", "# noqa F401"),
    *("# noqa: F401 because F821", "# noqa: F401 - F821", "# why # noqa: F821", "# why noqa: F821"),
    *("# noqa:F401F821", "# noqa: [F821]", "# noqa[F821]", "# noqa-x", "# noqax", "# noqa, F821"),
    *("# noqa: F821. Why", "# noqa: F821because", "# noqa: F821: why", "# noqa: F8211"),
    *("# noqa:\tF821", "# noqa\u3000: F821", "# type: ignore # noqa", "# noqa: V101, F821"),
    *("# ruff: noqa", "# flake8: noqa", "# ruff: ignore[F821]", "# ruff:ignore[S602, F821] why"),
    *("# ruff: ignore[F82]", "# ruff : ignore [F821]", "# ruff: ignore[]", "# RUFF: ignore[F821]"),
    *("# ruff: file-ignore[F821]", "# ruff: disable[F821]", "", "or '# noqa'", "or '#' # noqa"),
]
FILES = [
    *("# ruff: noqa\nfoo\n", "foo\n# ruff: noqa\n", "# ruff: noqa: F821\nfoo\n", "#!noqa\nfoo\n"),
    *("# RUFF: NOQA\nfoo\n", "#ruff:NOQA:F821\nfoo\n", "# ruff: noqa: F8\nfoo\n"),
    *("# flake8: noqa\nfoo\n", "# flake8: noqa: E501, F821\nfoo\n", "# noqa\nfoo\n"),
    *("# why # ruff: noqa: F821\nfoo\n", "if x:\n    # ruff: noqa: F821 - why\n    foo\n"),
    *("'''\n# ruff: noqa\n'''\nfoo\n", "# ruff: file-ignore[F821]\nfoo\n", "# ruff: noqa\rfoo\r"),
    *("# ruff: ignore[F821]\nfoo\nfoo\n", "# ruff: ignore[F821]\n# why\n\nfoo\nfoo\n"),
    *("# ruff: ignore[F821]\ndef f():\n    foo\n", "x = '''\n''' # noqa: F821\nfoo # noqa: F821\n"),
    *("# ruff: disable[F821]\nfoo\n# ruff: enable[F821]\nfoo\n", "# ruff: disable\nfoo\n"),
    *("def f():\n    # ruff: disable[F821]\n\n    foo\nfoo\n", "# ruff: disable[F821]\nfoo\n"),
    "# ruff: disable[F821, F401]\nfoo\n# ruff: enable[F821]\nfoo\n",
]


@pytest.fixture(scope="module")
def comments(tmp_path_factory: pytest.TempPathFactory) -> SampleFindings:
    texts = [*(f"foo  {comment}\n" for comment in LINE_COMMENTS), *FILES]
    folder = tmp_path_factory.mktemp("comments")
    return SampleFindings(folder, {f"sample_{number}": text for number, text in enumerate(texts)})


@pytest.mark.parametrize("number", range(len(LINE_COMMENTS) + len(FILES)))
def test_a_comment_that_suppresses_ruff_s_finding_suppresses_duplicates(
    comments: SampleFindings, number: int
) -> None:
    name = f"sample_{number}"
    text = comments.texts[name]
    ruff_lines = [each.range.start.line for each in comments.ruff[name] if each.code == "F821"]
    lines = Document.of("", 0, text).lines
    places = [at for at, line in enumerate(lines) if line.lstrip().startswith("foo")]
    found = [finding(MYPY, "name-defined", at) for at in places]
    assert kept_by_merge(text, *found) == [
        ("name-defined", at) for at in places if at in ruff_lines
    ]


codes = st.sampled_from(
    ["", "F821", "S602", "invalid-syntax", "name-defined", "misc", "B602", "B9"]
)
lines = st.integers(0, 4)
findings = st.builds(
    lambda tool, code, ends: finding(tool, code, min(ends), max(ends)),
    st.sampled_from(NAMES), codes, st.tuples(lines, lines),
)  # fmt: skip


@given(st.lists(findings, unique=True), st.lists(findings))
def test_no_problem_is_lost_without_a_duplicate(
    found: list[Finding], silenced: list[Finding]
) -> None:
    reports = {tool: [each for each in found if each.tool is tool] for tool in NAMES}
    merged = merge(reports, silenced, Document.of("", 0, "x = 1\n" * 5), MERGING)
    rules = {each.code for each in reports[RUFF]}
    quiet = {rule for each in silenced for rule in MERGING[each.tool].duplicates(each)}
    assert set(merged) <= set(found)
    for each in set(found) - set(merged):
        assert (
            each.code in quiet if each.tool is RUFF else MERGING[each.tool].duplicates(each) & rules
        )
    ruff = [each for each in reports[RUFF] if each in merged]
    assert merged[: len(ruff)] == ruff
