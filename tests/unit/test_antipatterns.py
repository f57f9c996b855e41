"""Our own rules: their findings, and the samples on their pages."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from python_expert.actions.base import Options
from python_expert.diagnostics.finding import Severity
from python_expert.quick_fixes.base import FixContext
from python_expert.quick_fixes.registry import quick_fixes
from python_expert.tools.antipatterns.checking import check
from python_expert.tools.antipatterns.rules.registry import RULES
from tests.unit.own_rules import PAGES, codes, document, edited, samples

if TYPE_CHECKING:
    from collections.abc import Iterator

    from python_expert.tools.antipatterns.rules.base import AntiPattern, PatternRule
    from python_expert.tools.antipatterns.syntax import Syntax

CODES = [each.code for each in RULES]
WIDTH = 100
"""The maximum length of a line on a page; a link may be longer."""


@pytest.mark.parametrize("rule", RULES, ids=CODES)
def test_a_rule_reports_the_bad_sample_of_its_page_and_not_the_good_one(rule: PatternRule) -> None:
    code, name = rule.code, rule.name
    page = (PAGES / f"{code}.md").read_text("utf-8")
    assert page.startswith(f"# {name} ({code})\n")
    bad, good = samples(page, "Bad"), samples(page, "Good")
    assert bad
    assert good
    assert all(set(codes(each)) == {code} for each in bad)
    assert not any(codes(each) for each in good)
    assert "\n## Why\n" in page
    assert "\n## When not to\n" in page
    assert [line for line in page.splitlines() if len(line) > WIDTH and "](" not in line] == []


def test_each_page_belongs_to_a_rule() -> None:
    assert sorted(CODES) == sorted(path.stem for path in PAGES.glob("*.md"))


def test_a_failing_rule_loses_only_its_own_findings(monkeypatch: pytest.MonkeyPatch) -> None:
    text = samples((PAGES / "PE001.md").read_text("utf-8"), "Bad")[0]

    def broken(_syntax: Syntax) -> Iterator[AntiPattern]:
        raise ValueError("broken")

    rules = tuple(each._replace(find=broken) if each.code == CODES[-1] else each for each in RULES)
    monkeypatch.setattr("python_expert.tools.antipatterns.checking.RULES", rules)
    assert codes(text) == [code for code in ["PE001"] if code != CODES[-1]]


@pytest.mark.parametrize(
    "comment", ["# noqa: PE001", "# noqa", "# noqa: E501, PE001", "# ruff: ignore[PE001]"]
)
def test_a_comment_silences_a_finding(comment: str) -> None:
    text = f'def f(xs):\n    s = ""\n    for x in xs:\n        s += x  {comment}\n    return s\n'
    report = check(document(text))
    assert not report.findings
    assert [each.code for each in report.silenced] == ["PE001"]


def test_a_comment_for_another_rule_suppresses_nothing() -> None:
    text = 'def f(xs):\n    s = ""\n    for x in xs:\n        s += x  # noqa: E501\n    return s\n'
    before = document(text)
    (finding,) = check(before).findings
    (fix,) = quick_fixes(FixContext(before, Options()), [finding])
    assert "# noqa: E501, PE001" in edited(before, fix.edits)


# PE001


@pytest.mark.parametrize(
    "body",
    [
        "s = ''\nfor x in xs:\n    s += x\n    if s: break\nreturn s",  # it is read
        "s = ''\nfor x in xs:\n    s += x\n    if x: s = ''\nreturn s",  # it is begun again
        "s = 0\nfor x in xs:\n    s += x\nreturn s",
        "s = []\nfor x in xs:\n    s += 'ab'\nreturn s",
        "s = ''\nif xs:\n    s += 'x'\nreturn s",
        "s = ''\nfor x in xs:\n    yield (lambda: s)\n    s += x",
        "s = ''\nfor x in xs:\n    s += x\n    if x: break\nreturn s",
        "s = ''\nfor x in range(5):\n    s += str(x)\nreturn s",
        "s = ''\nfor x in ('a', 'b'):\n    s += x\nreturn s",
        "s = ', '.join(ys)\nfor x in xs:\n    s += x\nreturn s",
        "s = ''\nfor x in 'abc':\n    s += x\nreturn s",
        "s = ''\nfor n, x in enumerate(['a', 'b'], 1):\n    s += x\nreturn s",
        "s = ''\nfor x, y in zip(xs, ('a', 'b')):\n    s += x\nreturn s",
        "s = ''\nfor x in reversed(sorted({'a', 'b'}, key=len)):\n    s += x\nreturn s",
        "s = ''\nfor x in range(0, 10, 3):\n    s += str(x)\nreturn s",
        "self.s = ''\nfor x in xs:\n    self.s += x\n    print(self.s)",
        "self.s = ''\nfor x in xs:\n    self.t += x",
        "s = ''\nwhile len(s) < 3:\n    s += 'x'\nreturn s",
        "for x in xs:\n    s = ''\n    s += 'x'\n    print(s)",
    ],
)
def test_pe001_ignores(body: str) -> None:
    assert codes("def f(xs):\n" + "".join(f"    {line}\n" for line in body.splitlines())) == []


def test_pe001_warns_at_the_top_level() -> None:
    (found,) = check(document("s = ''\nfor x in xs:\n    s += f'{x}'\n")).findings
    assert (found.code, found.severity) == ("PE001", Severity.WARNING)


@pytest.mark.parametrize(
    ("body", "severity"),
    [
        ("s = ''\nfor x in xs:\n    s += x\nreturn s", Severity.INFORMATION),
        ("s = ''\nfor x in range(11):\n    s += str(x)\nreturn s", Severity.INFORMATION),
        ("s = ''\nfor x in range(0, 99, 3):\n    s += str(x)\nreturn s", Severity.INFORMATION),
        ("s = ''\nfor x in (*xs, 'a'):\n    s += x\nreturn s", Severity.INFORMATION),
        ("s = ''\nfor x in 'abcdefghijk':\n    s += x\nreturn s", Severity.INFORMATION),
        ("s = ''\nfor x in enumerate(xs, 1):\n    s += x\nreturn s", Severity.INFORMATION),
        ("global s\ns = ''\nfor x in xs:\n    s += x", Severity.WARNING),
        ("s = ''\ndef g(): return s\nfor x in xs:\n    s += x\nreturn g", Severity.WARNING),
        ("self.s = ''\nfor x in xs:\n    self.s += x", Severity.WARNING),
    ],
)
def test_pe001_warns_where_each_step_copies_the_string(body: str, severity: Severity) -> None:
    text = "def f(xs):\n" + "".join(f"    {line}\n" for line in body.splitlines())
    found = [(each.code, each.severity) for each in check(document(text)).findings]
    assert found == [("PE001", severity)]


def test_pe001_reports_each_of_two_loops() -> None:
    loop = "    for x in xs:\n        s += x\n"
    text = f"def f(xs):\n    s = ''\n{loop}    s += '-'\n{loop}    return s\n"
    lines = [each.range.start.line for each in check(document(text)).findings]
    assert lines == [3, 6]
    assert codes(text.replace("x\n    s += '-'", "x + s\n    s += '-'")) == []


# PE002


@pytest.mark.parametrize(
    "text",
    [
        "f = open(p)\ntry:\n    g(f)\nexcept E:\n    pass\nfinally:\n    f.close()\n",
        "f = open(p)\ng(f)\ntry:\n    g(f)\nfinally:\n    f.close()\n",
        "f = open(p)\ntry:\n    g(f)\nfinally:\n    f.close()\n    h()\n",
        "f = open(p)\ntry:\n    f = g(f)\nfinally:\n    f.close()\n",
        "f = own(p)\ntry:\n    g(f)\nfinally:\n    f.close()\n",
        "def open(p): pass\nf = open(p)\ntry:\n    g(f)\nfinally:\n    f.close()\n",
        "import sqlite3\nf = sqlite3.connect(p)\ntry:\n    g(f)\nfinally:\n    f.close()\n",
        "lock.acquire()\ntry:\n    g()\nfinally:\n    lock.release()\n",
        "import threading as t\nlock = t.Lock()\nif lock.acquire(False):\n    pass\n",
        (
            "import threading as t\nlock = t.Lock()\nlock = own()\nlock.acquire()\n"
            "try:\n    g()\nfinally:\n    lock.release()\n"
        ),
    ],
)
def test_pe002_ignores(text: str) -> None:
    assert codes(text) == []


# PE003


@pytest.mark.parametrize(
    "body",
    [
        "if a: {x; if b: {y; z}}",  # only two
        "if a: {x; if b: {y; if c: {z}}}",  # one statement
        "if a: {if b: {if c: {x; y}}}",  # SIM102
        "if a: {x; if b: {y; if c: {z; z}}}; w",  # something follows
        "if a: {x; if b: {y; if c: {z; z} else: {w}}}",  # two ways
        "if __debug__: {x; if b: {y; if c: {z; z}}}",
    ],
)
def test_pe003_ignores(body: str) -> None:
    assert codes(_function(body)) == []


def test_pe003_counts_no_condition_that_ends_a_search() -> None:
    found = "for x in xs: {if a: {x; if b: {y; if c: {z; return z}}}}"
    assert codes(_function(found)) == []
    assert codes(_function(found.replace("return z", "z"))) == ["PE003"]
    assert codes(_function("if a: {x; if b: {y; if c: {z; return z}}}")) == ["PE003"]


def test_pe003_counts_no_condition_that_is_a_guard() -> None:
    guard = "if a: {x; if b: {y; if c: {log; raise E}}}"
    assert codes(_function(guard)) == []
    assert codes(_function(f"if a: {{x; {guard}}}")) == ["PE003"]
    assert codes(_function("if a: {x; if b: {y; if c: {z; z} else: {raise E}}}")) == ["PE003"]


def test_pe003_counts_joined_conditions_as_one() -> None:
    (found,) = check(document(_function("if a: {if b: {x; if c: {y; if d: {z; z}}}}"))).findings
    assert "3 nested conditions" in found.message


def test_pe003_reports() -> None:
    assert codes(_function("if a: {x; if b: {y; if c: {z; z}}}")) == ["PE003"]


def _function(body: str) -> str:
    """Return a function whose body is given on one line, with braces around blocks."""
    depth, lines = 1, ["def f():"]
    for word in re.split(r"([{}]|; | (?=else))", body):
        depth += (word == "{") - (word == "}")
        if word.strip(" ;{}"):
            lines.append("    " * depth + word.strip())
    return "\n".join(lines)


# PE004


@pytest.mark.parametrize(
    "test",
    ["status_code < 400", "status_code == 999", "code == 404", "status == 200", "x.status == 404"],
)
def test_pe004_ignores(test: str) -> None:
    assert codes(f"ok = {test}\n") == []


@pytest.mark.parametrize(
    "test",
    [
        "r.status_code != 200",
        "404 == status_code",
        "response.status in {301}",
        "a.http_status == 500",
    ],
)
def test_pe004_reports(test: str) -> None:
    assert codes(f"ok = {test}\n") == ["PE004"]


# PE005


@pytest.mark.parametrize(
    "text",
    [
        "def f(x):\n    x.strip()\n",  # it may be the print of rich, which changes the text
        "def f(x):\n    x = ''\n    x = g()\n    x.strip()\n",
        "try:\n    isinstance(x, T)\nexcept TypeError:\n    pass\n",
        "with raises(TypeError):\n    sorted(x)\n",
        "def sorted(x): pass\nsorted(x)\n",
        "from own import *\nsorted(x)\n",
        "from .own import sorted\nsorted(x)\n",
        "x.submit(f)\n",
        "list(map(print, xs))\n",
        "'a'.encode('idna')\n",
        "path.replace(other)\n",
    ],
)
def test_pe005_ignores(text: str) -> None:
    assert codes(text) == []


@pytest.mark.parametrize(
    "text",
    [
        "def f(x: str):\n    x = x.strip()\n    x.lower()\n",
        "def f(n):\n    x = str(n)[1:].rjust(4)\n    x.lower()\n",
        "'a'.upper()\n",
        "x.removeprefix('a')\n",
        "sorted(x)\n",
        "map(print, xs)\n",
        "import os\nos.path.join(a, b)\n",
        "from asyncio import run_coroutine_threadsafe\nrun_coroutine_threadsafe(f(), loop)\n",
        "def f(x: str):\n    x.lower()\n",
        "def f():\n    x = input()\n    x.strip()\n",
    ],
)
def test_pe005_reports(text: str) -> None:
    assert codes(text) == ["PE005"]


# PE006, PE007, PE008


@pytest.mark.parametrize(
    "text",
    [
        "import jwt\njwt.decode(t, options={'verify_aud': False})\n",
        "jwt.decode(t, verify=False)\n",
        "import jwt\njwt.get_unverified_header(t)\n",
        "from jose import jwt\njwt.get_unverified_header(t)\n",
        "from own import jwt\njwt.get_unverified_claims(t)\n",
        "import hashlib\nhashlib.sha256(data).hexdigest()\n",
        "import bcrypt, hashlib\nbcrypt.hashpw(hashlib.sha256(password).digest(), salt)\n",
        "import hashlib\nhashlib.pbkdf2_hmac('sha256', password, salt, 600_000)\n",
        (
            "import bcrypt, hashlib\ndef f(password):\n    d = hashlib.sha256(password).digest()\n"
            "    return bcrypt.hashpw(d, salt)\n"
        ),
        (  # for example the hashes that MySQL's and HTTP's protocols demand of clients
            "import hashlib\ndef f(password, key):\n    a = hashlib.sha256(password).digest()\n"
            "    return bytes(x ^ y for x, y in zip(a, key))\n"
        ),
        (
            "import hashlib\ndef f(password, server_nonce):\n"
            "    return hashlib.sha512(server_nonce + password).digest()\n"
        ),
        (
            "import hashlib\ndef f(self, password):\n"
            "    return hashlib.sha256(f'{self.user}:{self.realm}:{password}'.encode())\n"
        ),
        "assert request.headers['X'] == api_key\n",
        "ok = token == other\n",
        "ok = signature == inspect.signature(f)\n",
        "ok = password == password_again\n",
        "ok = api_key == ''\n",
        "ok = request.headers['api-key'] == 'none'\n",
    ],
)
def test_rules_on_security_ignore(text: str) -> None:
    assert codes(text) == []


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("import jwt\njwt.decode(t, k, algorithms=['none'])\n", "PE006"),
        ("from jose import jwt\njwt.get_unverified_claims(t)\n", "PE006"),
        ("from jwt import decode\ndecode(t, options=dict(verify_signature=False))\n", "PE006"),
        ("from hashlib import sha512\nsha512(f'{salt}{password}'.encode())\n", "PE007"),
        ("import hashlib\nhashlib.blake2b(self.password)\n", "PE007"),
        (
            (
                "import hashlib\ndef f(password):\n    d = hashlib.sha256(password).digest()\n"
                "    return save(d)\n"
            ),
            "PE007",
        ),
        ("ok = request.headers.get('x') == settings.API_KEY\n", "PE008"),
        ("import hmac\nok = x == hmac.digest(k, m, 'sha256')\n", "PE008"),
    ],
)
def test_rules_on_security_report(text: str, code: str) -> None:
    assert codes(text) == [code]
