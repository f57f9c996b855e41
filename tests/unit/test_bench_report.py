"""A comparison with an earlier Python Expert shows what has become slower or larger."""

from __future__ import annotations

from tests.bench.peers import BEFORE, EXPERT
from tests.bench.report import Row, compared


def test_each_figure_in_both_reports_is_compared() -> None:
    rows = [
        Row.of("typing", "edit → finding", EXPERT, [30.0, 33.0, 36.0]),
        Row.of("typing", "edit → finding", BEFORE, [30.0, 30.0, 30.0]),
        Row.of("typing", "edit → finding", f"{EXPERT} (pull)", [10.0]),
        Row.of("typing", "edit → finding", f"{BEFORE} (pull)", [5.0]),
        Row.of("typing", "edit → finding", "ruff server", [1.0]),
        Row("memory", "at most", EXPERT, 50.0, "MiB"),
    ]
    found = compared(rows, EXPERT, BEFORE)
    assert [(row.what, row.value, row.met) for row in found] == [
        ("typing: edit → finding", 1.1, True),
        ("typing: edit → finding (pull)", 2.0, False),
    ]
