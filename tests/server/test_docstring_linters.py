"""Docstrings by rule pass the docstring rules of ruff and pydoclint, in each style.

The long form, with six packages from PyPI, is ``python -m tests.bench.offline_docstrings``.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from python_expert.gate.verdict import Status
from tests.bench.offline_docstrings import (
    PACKAGES,
    STYLES,
    document,
    faults,
    package_in,
    pydoclint_in,
    run,
    strip,
)
from tests.gate.docstrings import CLIENT, FEEDS, PASSES
from tests.scale import LONG

if TYPE_CHECKING:
    from python_expert.config.settings import Style

pytestmark = pytest.mark.one_python

PACKAGE = Path(__file__).parents[2] / "server" / "python_expert"
MODULES = (
    "diagnostics/store.py",
    "text/document.py",
    "config/sources.py",
    "analysis/source.py",
    "processes/jsonrpc.py",
)

SAMPLE = '''
"""Samples."""

import contextlib
import errno as names
from collections.abc import AsyncIterator, Callable, Generator, Iterator
from typing import NamedTuple, NoReturn, Protocol


class Point(NamedTuple):
    x: int
    y: int = 0

    def __add__(self, other: object) -> "Point":
        if not isinstance(other, Point):
            raise TypeError(other)
        return self


class Reader(Protocol):
    def read(self, size: int = -1, /) -> bytes: ...
    def close(self) -> None: ...  # noqa: D102


class Base:
    kind: str
    a, b = 1, 2
    _hidden = 3

    def __init__(self, path: str, *args: int, on_error: Callable[[], None], **kwargs: int) -> None:
        self.path = path
        try:
            self.run(1)
        except (KeyError, names.NoSuch) as error:
            raise ValueError(path) from error

    @property
    def size(self) -> int:
        return 1

    @size.setter
    def size(self, value: int) -> None:
        raise AttributeError

    @classmethod
    def from_text(cls, text: str) -> "Base":
        return cls(text, on_error=print)

    @staticmethod
    def join(first: str, _: int) -> str:
        return first

    def run(self, count: int) -> None:
        raise NotImplementedError

    def stop(self) -> NoReturn:
        raise SystemExit(1)


@contextlib.contextmanager
def opened(path: str) -> Generator[int, None, None]:
    try:
        yield 1
    except OSError:
        raise
    except Exception as error:
        raise error


async def lines(source: str) -> AsyncIterator[dict[str, "tuple[int, str]"]]:
    yield {}


def waits() -> Iterator[None]:
    yield


def both(limit: int) -> Generator[int, None, str]:
    yield limit
    return "done"


def fails(errors: list[Exception]) -> int:
    for error in errors:
        raise error
    if not errors:
        raise LookupError
    return 1


def outer(function: Callable[[], int]) -> Callable[[], int]:
    def inner() -> int:
        raise ValueError

    return inner
'''.lstrip()


@pytest.fixture(scope="session")
def pydoclint(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return pydoclint_in(tmp_path_factory.mktemp("linters"))


@pytest.mark.parametrize("style", STYLES)
def test_the_linters_have_no_findings(style: Style, tmp_path: Path, pydoclint: Path) -> None:
    texts = {name: (PACKAGE / name).read_text(encoding="utf-8") for name in MODULES}
    texts |= {"sample.py": SAMPLE, "client.py": CLIENT, "passes.py": PASSES, "feeds.py": FEEDS}
    for name, text in texts.items():
        after, verdict, public, documented = document(strip(text), style)
        assert verdict is Status.ACCEPTED, name
        assert documented == public > 0, name
        (tmp_path / name.replace("/", "_")).write_text(after, encoding="utf-8", newline="")
    assert faults(tmp_path, style, pydoclint) == []


@pytest.mark.long
@pytest.mark.skipif(not LONG, reason="fetches six packages: pytest -m long")
@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("name", PACKAGES)
def test_whole_packages_are_documented(
    name: str, style: Style, tmp_path: Path, pydoclint: Path
) -> None:
    package = package_in(pydoclint.parents[2], name, PACKAGES[name])
    outcome = run(package, style, pydoclint, tmp_path)
    assert outcome.documented == outcome.public
    assert Status.REFUSED not in outcome.verdicts
    assert outcome.faults == {}, outcome.lines
