"""The report of a rewrite, as Markdown."""

from __future__ import annotations

from python_expert.pipeline.report import report
from python_expert.pipeline.result import Outcome
from tests.actions import ADD_DOCSTRINGS


def test_texts_from_code_and_tools_are_escaped() -> None:
    outcome = Outcome(ADD_DOCSTRINGS, "file:///x.py", "__init__.py", "offline")
    outcome.refuse("a *bold* <b>claim</b> about __all__\n# and [a link](http://x) | `list[int]`")
    text = report(outcome)
    assert "# Add docstrings: \\_\\_init\\_\\_.py\n" in text
    escaped = (
        r"a \*bold\* \<b>claim\</b> about \_\_all\_\_ # and [a link]\(http://x) \| `list[int]`"
    )
    assert f"- {escaped}\n" in text


def test_underscores_within_a_name_are_not_escaped() -> None:
    outcome = Outcome(ADD_DOCSTRINGS, "file:///x.py", "load_name.py", "offline")
    assert "# Add docstrings: load_name.py\n" in report(outcome)
