"""A default or an argument becomes a hint only if a use confirms it."""

from __future__ import annotations

import sys

import pytest

from python_expert.actions.add_type_hints.offline.use_table import TEXT, uses_in
from python_expert.actions.add_type_hints.offline.value_uses import ValueUses
from python_expert.analysis.source import Source
from tests.unit.node_families import allows

HINTS = "actions.add_type_hints.offline"


def shown(text: str, key: str, name: str, type_: str, why: str = "default") -> str | None:
    """Return the type that a value of a parameter shows."""
    return ValueUses(Source.of(text), lambda *_: False).shown((key, name), why, type_)


@pytest.mark.parametrize(
    ("name", "default", "body", "type_"),
    [
        ("pause", "1", "time.sleep(pause)", "float"),
        ("x", "1", "time.sleep(x)", "float"),
        ("x", "1", "return y / x", "float"),
        ("x", "1", "return x * 2", "float"),
        ("x", "1", "return range(x)", "int"),
        ("x", "1", "return 'a' * x", "int"),
        ("x", "1", "return y[:x]", "int"),
        ("x", "1", "return x + 1", "int"),
        ("x", "1", "return len(y) > x", "int"),
        ("x", "1", "return y > x", None),
        ("x", "1", "return g(x)", None),
        ("retries", "1", "return g(retries)", "int"),
        ("width", "1", "return g(width)", "int"),
        ("timeout", "1", "return g(timeout)", "float"),
        ("style", "'a'", "return g(style)", None),
        ("style", "'a'", "return style.strip()", "str"),
        ("style", "'a'", "return f'[{style}]'", "str"),
        ("style", "'a'", "return f'{style!r}'", None),
        ("style", "'a'", "return style == 'bold'", "str"),
        ("style", "'a'", "style = style or 'b'\n    return style.strip()", "str"),
        ("style", "'a'", "if style is None:\n        style = 'b'\n    return style.strip()", "str"),
        ("style", "'a'", "style = g(style)\n    return style.strip()", None),
        ("encoding", "'a'", "return g(encoding)", "str"),
        ("title", "'a'", "return g(title)", None),
        ("flag", "True", "return g(flag)", "bool"),
    ],
)
def test_a_default_is_used_only_if_a_use_or_a_name_confirms_it(
    name: str, default: str, body: str, type_: str | None
) -> None:
    text = f"def f({name}={default}, y=None):\n    {body}\n"
    assert shown(text, "f", name, type(eval(default)).__name__) == type_  # noqa: S307 - a literal


STORED = """\
class Bar:
    def __init__(self, template="a", style="b", error=None):
        self.template = template
        self.style = style
        self.error = error or "no"

    def show(self):
        return self.template.format(1) + self.error.lower()

def draw(template, style):
    return show(template), Bar(style)

def show(text):
    return text.strip()
"""


def test_uses_are_followed_through_attributes_and_calls() -> None:
    assert shown(STORED, "Bar.__init__", "template", "str") == "str"
    assert shown(STORED, "Bar.__init__", "style", "str") is None
    assert shown(STORED, "Bar.__init__", "error", "str | None", "fallback") == "str | None"
    assert shown(STORED, "draw", "template", "str", "calls") == "str"
    assert shown(STORED, "draw", "style", "str", "calls") == "str"


def test_a_declared_type_needs_no_use() -> None:
    assert shown("def f(style): ...", "f", "style", "str", "passed") == "str"


@allows("TemplateStr", f"{HINTS}.use_table:_operated {HINTS}.use_table:uses_in")
@allows("Interpolation", f"{HINTS}.use_table:uses_in")
@pytest.mark.skipif(sys.version_info < (3, 14), reason="Python before 3.14 has no t-strings")
def test_a_template_string_is_not_a_string() -> None:
    for text in ("t'{x} a'", "x + t'a'"):
        nodes = Source.of(text).nodes
        assert TEXT not in [use for node in nodes for _, use in uses_in(node)]
