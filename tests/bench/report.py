"""Figures as tables for people, and as JSON for programs."""

from __future__ import annotations

import json
import statistics
from dataclasses import asdict, dataclass, field
from itertools import groupby
from typing import TYPE_CHECKING, Self

from tests.bench.measure import p95

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence


@dataclass(frozen=True)
class Row:
    """One figure.

    Attributes:
        scenario: The scenario.
        what: What the figure measures.
        server: The server.
        value: The figure; for times the median.
        unit: The figure's unit.
        at_most: The goal as an upper limit, if there is one.
        at_least: The goal as a lower limit, if there is one.
        aim: A more ambitious goal.
        tail: The 95th percentile of times.
        samples: The times in the order of measurement.
    """

    scenario: str
    what: str
    server: str
    value: float
    unit: str = ""
    at_most: float | None = None
    at_least: float | None = None
    aim: float | None = None
    tail: float | None = None
    samples: tuple[float, ...] = field(default=(), repr=False)

    @classmethod
    def of(cls, scenario: str, what: str, server: str, samples: Sequence[float]) -> Self:
        """Return a row of times in milliseconds."""
        middle = statistics.median(samples)
        return cls(scenario, what, server, middle, "ms", tail=p95(samples), samples=tuple(samples))

    @property
    def met(self) -> bool | None:
        """Whether the goal was reached, or None without a goal."""
        if self.at_most is not None:
            return self.value <= self.at_most
        return None if self.at_least is None else self.value >= self.at_least

    @property
    def cells(self) -> list[str]:
        """Return the row's cells as text."""
        goal = ""
        if self.at_most is not None:
            goal = f"≤ {self.at_most:g}" if self.at_most else "0"
        elif self.at_least is not None:
            goal = f"≥ {self.at_least:g}"
        if self.aim is not None:
            goal += f" (aim {self.aim:g})"
        return [
            self.what,
            self.server,
            f"{_number(self.value)} {self.unit}".rstrip(),
            "" if self.tail is None else _number(self.tail),
            str(len(self.samples) or ""),
            goal,
            {True: "yes", False: "**no**", None: ""}[self.met],
        ]


def compared(rows: Sequence[Row], now: str, before: str) -> list[Row]:
    """Return the ratios of one server's figures to another's, for figures that both have.

    Args:
        rows: The figures.
        now: The server that may be slower or bigger by at most a tenth.
        before: The other.
    """
    old = {
        (row.scenario, row.what, row.server.removeprefix(before)): row
        for row in rows
        if row.server.startswith(before)
    }
    found = []
    for row in rows:
        then = old.get((row.scenario, row.what, row.server.removeprefix(now)))
        if row.unit and then is not None and then.value > 0:
            what = f"{row.scenario}: {row.what}{row.server.removeprefix(now)}"
            ratio = row.value / then.value
            found.append(Row("now over before", what, now, ratio, at_most=1.1))
    return found


HEADS = ("figure", "server", "value or median", "p95", "n", "goal", "met")


@dataclass(frozen=True)
class Run:
    """The results of one run.

    Attributes:
        date: The date in ISO 8601.
        machine: The machine.
        load: The load of the machine before and after the run.
        versions: The versions of all servers and tools.
        rows: The figures.
        notes: Notes for the reader.
    """

    date: str
    machine: str
    load: tuple[float, float]
    versions: Mapping[str, str]
    rows: Sequence[Row]
    notes: Sequence[str]

    def to_json(self) -> str:
        """Return all results, including samples, as JSON."""
        rows = [asdict(row) | {"met": row.met} for row in self.rows]
        return json.dumps(asdict(self) | {"rows": rows}, indent=1) + "\n"

    def to_text(self) -> str:
        """Return tables for a terminal."""
        lines = [*self._head("{}"), ""]
        for scenario, rows in _grouped(self.rows):
            cells = [list(HEADS), *(row.cells for row in rows)]
            widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
            lines.append(scenario)
            for line in cells:
                padded = (cell.ljust(width) for cell, width in zip(line, widths, strict=True))
                lines.append("  " + "  ".join(padded).replace("**", "").rstrip())
            lines.append("")
        return "\n".join([*lines, *(f"- {note}" for note in self.notes)]) + "\n"

    def to_markdown(self) -> str:
        """Return a page for the documentation."""
        lines = ["# Benchmarks", "", *self._head("- {}")]
        for scenario, rows in _grouped(self.rows):
            lines += ["", f"## {scenario[0].upper()}{scenario[1:]}", "", _line(HEADS)]
            lines += [_line(["---"] * len(HEADS)), *(_line(row.cells) for row in rows)]
        lines += ["", "## Notes", "", *(f"- {note}" for note in self.notes)]
        return "\n".join(lines) + "\n"

    def _head(self, form: str) -> list[str]:
        before, after = self.load
        return [
            form.format(line)
            for line in (
                f"Measured on {self.date} with `python -m tests.bench`",
                f"Machine: {self.machine}; load {before:.1f} before, {after:.1f} after",
                "Versions: " + ", ".join(f"{name} {v}" for name, v in self.versions.items()),
            )
        ]


def _grouped(rows: Iterable[Row]) -> list[tuple[str, list[Row]]]:
    return [(key, list(group)) for key, group in groupby(rows, lambda row: row.scenario)]


def _line(cells: Iterable[str]) -> str:
    return "| " + " | ".join(cells) + " |"


def _number(value: float) -> str:
    """Return a number with about three significant digits, without an exponent."""
    size = abs(value)
    digits = 0 if size >= 100 or value == int(value) else 1 if size >= 10 else 2
    return f"{value:,.{digits}f}"
