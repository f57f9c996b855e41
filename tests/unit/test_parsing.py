"""Parsing in several threads."""

from __future__ import annotations

import gc
import time
import warnings
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest

from python_expert.text.parsing import no_warnings, syntax_tree

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def interrupted_parser() -> Iterator[None]:
    """Run the garbage collector often while a tree is built, and let other threads run then."""

    def let_others_run(_phase: str, _info: dict[str, int]) -> None:
        time.sleep(0)

    usual = gc.get_threshold()
    gc.callbacks.append(let_others_run)
    gc.set_threshold(20)
    yield
    gc.set_threshold(*usual)
    gc.callbacks.remove(let_others_run)


@pytest.mark.usefixtures("interrupted_parser")
def test_threads_that_parse_do_not_disturb_each_other() -> None:
    """Before Python 3.13, ``ast.parse`` raises a SystemError here."""
    texts = [f"x = {'[' * depth}{']' * depth}\n" * 30 for depth in (2, 20, 9, 14)]
    with ThreadPoolExecutor(len(texts)) as pool:
        trees = list(pool.map(syntax_tree, texts * 10))
    assert [len(each.body) for each in trees] == [30] * 40


def test_threads_do_not_change_the_warning_filters() -> None:
    filters = list(warnings.filters)

    def compiles(_number: int) -> None:
        with no_warnings():
            time.sleep(0)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(compiles, range(200)))
    assert warnings.filters == filters
