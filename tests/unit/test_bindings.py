"""What names refer to at a place, and when they are bound."""

from __future__ import annotations

import ast
import sys
import textwrap

import pytest

from python_expert.analysis.bindings import Binding, Bindings, When
from python_expert.analysis.source import Source


def found(text: str, name: str = "T") -> Binding | None:
    """Return what a name in an annotation of the function ``f`` refers to."""
    source = Source.of(textwrap.dedent(text))
    [at] = [
        each.node
        for each in source.definitions
        if isinstance(each.node, ast.FunctionDef) and each.node.name == "f"
    ]
    return Bindings(source).lookup(name, at)


BOUND = {
    "a class before": "class T: ...\ndef f(x): ...",
    "either branch": "if a:\n    import T\nelse:\n    T = None\ndef f(x): ...",
    "a branch that raises": "if a:\n    T = 1\nelse:\n    raise b\ndef f(x): ...",
    "the branch it stands in": "if a:\n    import T\n    def f(x): ...",
    "all ways through try": "try:\n    import T\nexcept E:\n    T = None\ndef f(x): ...",
    "try before its else": "try:\n    import T\nexcept E: ...\nelse:\n    def f(x): ...",
    "a loop's body": "for T in a:\n    def f(x): ...",
    "a with": "with a as T:\n    def f(x): ...",
    "around a function": "def g(T):\n    def f(x): ...",
    "around a class": "class T: ...\nclass C:\n    def f(self, x): ...",
    "a class's own": "class C:\n    class T: ...\n    def f(self, x): ...",
    "another scope's exception": (
        "class T: ...\ndef g():\n    try: ...\n    except E as T: ...\ndef f(x): ..."
    ),
}
UNSURE = {
    "a class after": "def f(x): ...\nclass T: ...",
    "one branch": "if a:\n    import T\ndef f(x): ...",
    "for checkers": "if TYPE_CHECKING:\n    import T\ndef f(x): ...",
    "after a loop": "for T in a: ...\ndef f(x): ...",
    "a loop's else": "for T in a: ...\nelse:\n    def f(x): ...",
    "after with": "with a:\n    import T\ndef f(x): ...",
    "deleted": "class T: ...\ndel T\ndef f(x): ...",
    "deleted by a function": "class T: ...\ndef g():\n    global T\n    del T\ndef f(x): ...",
    "deleted later": "def g():\n    class T: ...\n    def f(x): ...\n    del T",
    "a walrus": "class T: ...\n(T := a)\ndef f(x): ...",
    "a pattern": "class T: ...\nmatch a:\n    case T: ...\ndef f(x): ...",
    "only declared": "T: int\ndef f(x): ...",
    "bound by another function": "def g():\n    global T\n    T = 1\ndef f(x): ...",
}


@pytest.mark.parametrize("name", BOUND)
def test_a_name_is_bound_if_every_path_binds_it(name: str) -> None:
    binding = found(BOUND[name])
    assert binding
    assert binding.when is When.BOUND


@pytest.mark.parametrize("name", UNSURE)
def test_a_name_is_not_certainly_bound_if_one_path_does_not_bind_it(name: str) -> None:
    binding = found(UNSURE[name])
    assert binding
    assert binding.when is When.UNSURE


def test_names_of_a_class_are_not_visible_in_its_methods() -> None:
    text = "class T: ...\nclass C:\n    T = 1\n    def g(self):\n        def f(x): ..."
    binding = found(text)
    assert binding
    assert isinstance(binding.node, ast.ClassDef)


def test_a_global_name_refers_to_the_module_s_variable() -> None:
    text = """
        import os as T
        def g():
            T = 1
            def h():
                global T
                def f(x): ...
    """
    binding = found(text)
    assert binding
    assert binding[1:] == ("os", When.BOUND, False)


def test_built_ins_are_distinguished_from_names_of_the_text() -> None:
    assert found("def f(x): ...", "int") == Binding(None, "int", When.BUILTIN)
    assert found("def f(x): ...") is None
    binding = found("int = 1\ndef f(x): ...", "int")
    assert binding
    assert binding.when is When.BOUND


@pytest.mark.skipif(sys.version_info < (3, 12), reason="Python before 3.12 has no type parameters")
@pytest.mark.parametrize(
    "text",
    ["T = 1\ndef f[T](x): ...", "class C[T]:\n    T = 1\n    def g(self):\n        def f(x): ..."],
)
def test_type_parameters_are_found(text: str) -> None:
    binding = found(text)
    assert binding
    assert binding.when is When.BOUND
    assert not isinstance(binding.node, ast.Assign)


def test_a_name_is_ambiguous_where_anything_else_binds_it() -> None:
    for text, ambiguous in {
        "import T": False,
        "from a import T\nfrom b import T": False,  # the same object from another module
        "from a import T\nT = None": True,
        "T = False\n(T := True)": True,
        "T = False\ndef g():\n    global T\n    T = True": True,
    }.items():
        top = Bindings(Source.of(text)).at_top("T")
        assert top
        assert top.ambiguous is ambiguous


def test_top_level_imports_are_only_those_that_the_module_runs() -> None:
    text = "import os.path, json as j\ndef f():\n    global re\n    import re\nfrom . import a"
    assert Bindings(Source.of(text)).imported == {"os": "os", "j": "json", "a": ".a"}
