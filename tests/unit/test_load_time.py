"""Which code runs when a module is imported, as far as the proof of type hints can determine it."""

from __future__ import annotations

import ast

import pytest

from python_expert.actions.add_type_hints.proof.load_time import LoadPart, LoadTime


def parts(code: str) -> list[LoadPart]:
    """Return the parts of a module of the package ``shop``."""
    return LoadTime(ast.parse(code), frozenset(), "shop").parts


def module_part(code: str) -> LoadPart:
    """Return the part that always runs: the module without its functions."""
    return parts(code)[-1 - code.count("def ")]


@pytest.mark.parametrize(
    "name",
    [
        *("getattr", "eval", "exec", "globals", "locals", "vars", "__import__", "import_module"),
        *("__dict__", "__globals__", "__subclasses__", "__getattribute__", "modules"),
        *("get_objects", "attrgetter", "methodcaller", "getmembers", "getattr_static"),
        *("resolve_name", "loads", "run_module", "run_path", "load_module", "exec_module"),
        *("entry_points",),
    ],
)
def test_code_that_looks_up_functions_by_name_may_run_any_function(name: str) -> None:
    assert not module_part(f"x = {name}\n").is_clear
    assert not module_part(f"import lib\nx = y.{name}\n").is_clear


@pytest.mark.parametrize(
    ("code", "is_clear"),
    [
        ("getattr(x, 'name')", True),
        ("for name in ('a', 'b'):\n    getattr(x, name)", True),
        ("for name in names:\n    getattr(x, name)", False),
        ("name = read()\ngetattr(x, name)", False),
        ("for name in ('a', 'b'):\n    pass\nname = read()\ngetattr(x, name)", False),
        ("getattr(x, name)", False),
        ("get = getattr", False),
    ],
)
def test_getattr_runs_no_more_than_the_names_in_the_code(code: str, is_clear: bool) -> None:  # noqa: FBT001 - a parameter of the test
    assert module_part(code).is_clear is is_clear


def test_calls_in_any_base_annotation_or_default_run() -> None:
    code = "class A(B, first(), second()): pass\nx: third() = 1\n"
    assert {"first", "second", "third"} <= module_part(code).mentions


def test_a_function_runs_when_its_name_is_mentioned() -> None:
    (*_, function) = parts("def load():\n    open_all()\n")
    assert (function.trigger, *function.mentions) == ("load", "open_all")


def test_a_method_of_a_library_s_subclass_may_run_at_any_time() -> None:
    def trigger(bases: str) -> str:
        code = f"import abc, threading\nclass A({bases}):\n    def run(self): pass\n"
        return parts(code)[-1].trigger

    assert trigger("") == trigger("abc.ABC") == "run"
    assert trigger("threading.Thread") == trigger("B, threading.Thread") == ""


def test_code_of_other_packages_may_call_its_arguments() -> None:
    assert not module_part("import lib\nlib.use(f)\n").is_clear
    assert module_part("import functools\nfunctools.partial(f)\n").is_clear
    assert module_part("import shop.prices\nshop.prices.use(f)\n").is_clear


def test_a_function_that_calls_its_argument_may_run_any_function() -> None:
    (*_, plain) = parts("def run(action):\n    print(action)\n")
    (*_, calling) = parts("def run(action):\n    action()\n")
    assert (plain.is_clear, calling.is_clear) == (True, True)
    nested = parts("@lib\ndef run(action):\n    action()\n")
    assert not nested[-1].is_clear


@pytest.mark.parametrize("name", ["TypeVar", "ParamSpec", "TypeVarTuple"])
def test_the_arguments_of_a_type_variable_run_nothing(name: str) -> None:
    part = module_part(f"import typing\nT = typing.{name}('load', bound=make)\n")
    assert name in part.mentions
    assert not {"load", "make"} & part.mentions
    assert {"load", "make"} <= module_part("T = new_type('load', bound=make)\n").mentions
