"""Which decorators in a text return the decorated function's result."""

from __future__ import annotations

import ast

import pytest

from python_expert.analysis.decorators import passes_on
from python_expert.analysis.names import Names

PLAIN = """\
import functools

def traced(function):
    \"\"\"Log calls.\"\"\"

    @functools.wraps(function)
    def wrapper(*args, **kwargs):
        print(args)
        if not args:
            return function(**kwargs)
        result = function(*args, **kwargs)
        return result
    wrapper.traced = True
    return wrapper

@traced
def f(): ...
"""
MADE = """\
def named(name, *rest):
    names = [name, *rest]
    def decorator(function):
        def wrapper(*args):
            return function(*names, *args)
        return wrapper
    return decorator

@named("a")
def f(): ...
"""


def passes(text: str) -> bool:
    tree = ast.parse(text)
    last = tree.body[-1]
    assert isinstance(last, ast.FunctionDef)
    return passes_on(Names(tree), last.decorator_list[0])


@pytest.mark.parametrize("text", [PLAIN, MADE])
def test_a_call_that_ends_the_wrapper_is_passed_on(text: str) -> None:
    assert passes(text)


@pytest.mark.parametrize(
    ("part", "other"),
    [
        ("return result\n", "print(result)\n        return result\n"),
        ("return result\n", "return (result,)\n"),
        ("return result\n", "print(1)\n"),
        ("return function(**kwargs)", "return None"),
        ("return function(**kwargs)", "function(**kwargs)"),
        ("return function(**kwargs)", "yield"),
        ("return function(**kwargs)", "return lambda: function()"),
        ("if not args:", "with open('a'):"),
        ("if not args:\n            return function(**kwargs)",
         "try:\n            return function(**kwargs)\n        except OSError: raise"),
        ("result = function(*args", "global result\n        result = function(*args"),
        ("result = function(*args", "function = print\n        result = function(*args"),
        ("result = function(*args", "result = print(*args"),
        ("@functools.wraps(function)", "@functools.cache"),
        ("@functools.wraps(function)", "@functools.wraps(function, assigned=())"),
        ("    def wrapper", "    async def wrapper"),
        ("wrapper.traced = True", "print(wrapper)"),
        ("wrapper.traced = True", "wrapper.function = function"),
        ("wrapper.traced = True", "wrapper = 1"),
        ("wrapper.traced = True", "print(locals())"),
        ("def traced(function)", "def traced(function, *more)"),
        ("def traced", "@functools.cache\ndef traced"),
        ("def traced", "async def traced"),
        ("@traced", "def traced(x): return x\n@traced"),
        ("    return wrapper", "    return [wrapper]"),
    ],
)  # fmt: skip
def test_a_wrapper_that_does_not_return_the_result_unchanged_is_rejected(
    part: str, other: str
) -> None:
    assert part in PLAIN
    text = PLAIN.replace(part, other, 1)
    text = (
        text.replace("def wrapper", "result = 0\n    def wrapper") if "nonlocal" in text else text
    )
    compile(text, "a", "exec")
    assert not passes(text)
