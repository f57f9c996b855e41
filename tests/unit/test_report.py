"""The report of a rewrite, as Markdown."""

from __future__ import annotations

from python_expert.pipeline.report import report
from python_expert.pipeline.result import Outcome
from tests.actions import ADD_DOCSTRINGS


def test_what_code_and_tools_say_is_no_markup() -> None:
    outcome = Outcome(ADD_DOCSTRINGS, "file:///x.py", "__init__.py", "offline")
    outcome.refuse("a *bold* <b>claim</b> about __all__\n# and [a link](http://x) | `list[int]`")
    text = report(outcome)
    assert "# Add docstrings: \\_\\_init\\_\\_.py\n" in text
    said = r"a \*bold\* \<b>claim\</b> about \_\_all\_\_ # and [a link]\(http://x) \| `list[int]`"
    assert f"- {said}\n" in text


def test_a_name_with_underscores_within_stays_readable() -> None:
    outcome = Outcome(ADD_DOCSTRINGS, "file:///x.py", "load_name.py", "offline")
    assert "# Add docstrings: load_name.py\n" in report(outcome)
