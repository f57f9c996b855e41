"""Edits that claim to add only docstrings: right ones, and wrong mutants of those.

A wrong edit is one that a careless or hostile author might make: the right docstrings and another
change.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from python_expert.actions.add_docstrings import AddDocstrings
from python_expert.actions.add_docstrings.offline import propose
from python_expert.actions.add_docstrings.proof import prove
from python_expert.actions.base import Options
from python_expert.analysis.error_recovery import BrokenError
from python_expert.analysis.source import Source
from python_expert.config.settings import Style
from python_expert.gate.verdict import Reason, Status, Verdict
from tests.actions import DEMANDED
from tests.gate.texts import code

if TYPE_CHECKING:
    from collections.abc import Iterator


class Case(NamedTuple):
    """An edit and the expected verdict.

    Attributes:
        name: The change.
        before: The text before.
        after: The text after.
        expected: The expected status.
    """

    name: str
    before: str
    after: str
    expected: Status


CLIENT = '''\
#!/usr/bin/env python
# -*- coding: utf-8 -*-
"""A client."""

from __future__ import annotations

import asyncio
import functools

LIMIT = 3  # tries


def cached(function):  # noqa: ANN001
    # keeps one result
    @functools.cache
    def wrapper(*args):
        return function(*args)

    return wrapper


class Client(object):
    timeout: float = 1.5
    retries = LIMIT

    def __init__(self, url: str, *, strict: bool = True) -> None:
        if not url:
            raise ValueError("no url")
        self.url = url
        self.strict = strict

    @cached
    def get_page(self, number: int, size: int = 20) -> str | None:
        # type: ignore
        if number < 0 or size > 100:
            raise IndexError(number)
        query = """
            select *
          from pages
        """
        return query + str(number - size)

    async def load_all(self) -> list[str]:
        pages = [self.get_page(n) for n in range(LIMIT)]
        await asyncio.sleep(0)
        return pages \\
            + []

    def close(self) -> None: self.url = ""

    @property
    def is_open(self) -> bool:
        return bool(self.url)


def total(values, start=0):
    result = start
    for value in values:
        result += value  # sum up
    return result
'''

TABBED = "def first(a):\n\tif a:\n\t\treturn 1\n\treturn 'x\ty'\n\n\nclass Thing:\n\tname = 'a'\n"
WINDOWS = CLIENT.replace("\n", "\r\n")
BROKEN = code("""
    def good(a):
        return a


    def bad(:
        return (


    class Also:
        x = 1
    """)
LATIN = code("""
    # coding: latin-1
    def name():
        return 'é'
    """)
PASSES = code("""
    def stub(a): ...


    class Empty: pass


    def noted(): ...  # pragma: no cover
    """)
FEEDS = "import os\n\f\ndef page():\n    return os\n\f\nclass Page:\n\n    size = 1\n"
NESTED = code("""
        if True:
          def deep(a, b=lambda: (1, 2)):
            def inner(): return a
            return inner
        try:
            class Maybe:
                def run(self, *, x: int = 1) -> int:
                    while True:
                        return x
        except ImportError:
            pass
        """)


def documented(text: str, style: Style = Style.GOOGLE) -> str:
    """Return the text with generated docstrings for all definitions."""
    source = Source.of(text)
    options, rewrite = Options(style=style, demanded=DEMANDED), AddDocstrings()
    targets, _ = rewrite.targets(source, None, options)
    facts = dict(propose(source, [target.key for target in targets], options))
    return source.with_edits(rewrite.write(source, facts, options).edits).text


def _swap(text: str, old: str, new: str) -> str:
    """Return the text with the last occurrence replaced, which is below the docstring."""
    assert old in text, old
    return new.join(text.rsplit(old, 1))


CHANGES = {
    "an operator changed": ("number - size", "number + size"),
    "a comparison changed": ("number < 0", "number <= 0"),
    "a boolean operator changed": ("< 0 or size", "< 0 and size"),
    "a negation dropped": ("if not url:", "if url:"),
    "a constant changed": ("LIMIT = 3", "LIMIT = 4"),
    "a float spelt otherwise": ("= 1.5\n", "= 1.50\n"),
    "a default changed": ("size: int = 20", "size: int = 25"),
    "a default added": ("number: int,", "number: int = 0,"),
    "a default dropped": ("values, start=0", "values, start"),
    "a keyword marker dropped": ("url: str, *, strict", "url: str, strict"),
    "a parameter renamed": ("(self, number: int", "(self, index: int"),
    "a parameter added": ("def total(values, start=0)", "def total(values, start=0, *rest)"),
    "parameters swapped": ("total(values, start=0)", "total(start=0, values=())"),
    "arguments swapped": ("str(number - size)", "str(size - number)"),
    "a hint changed": ("-> str | None:", "-> str:"),
    "a hint added": ("def total(values, start=0):", "def total(values, start=0) -> int:"),
    "a hint dropped": ("-> list[str]:", ":"),
    "a decorator dropped": ("    @cached\n", ""),
    "a decorator changed": ("    @property\n", "    @functools.cached_property\n"),
    "a decorator called": ("    @cached\n", "    @cached()\n"),
    "a decorator added": ("def total", "@cached\ndef total"),
    "async removed": ("async def load_all", "def load_all"),
    "await removed": ("await asyncio.sleep(0)", "asyncio.sleep(0)"),
    "a line dropped": ("        self.strict = strict\n", ""),
    "a line doubled": ("        self.url = url\n", "        self.url = url\n" * 2),
    "lines swapped": (
        code("""
            self.url = url
                    self.strict = strict
            """),
        code("""
            self.strict = strict
                    self.url = url
            """),
    ),
    "a call added": (
        "result = start\n",
        code("""
        result = start
            print(start)
        """),
    ),
    "an import added": (
        "import asyncio\n",
        code("""
        import asyncio
        import os
        """),
    ),
    "an import dropped": ("import functools\n", ""),
    "a future import dropped": ("from __future__ import annotations\n", ""),
    "a base dropped": ("Client(object)", "Client()"),
    "a base changed": ("Client(object)", "Client(Exception)"),
    "an exception changed": ('ValueError("no url")', 'TypeError("no url")'),
    "a message changed": ('"no url"', '"no URL"'),
    "quotes changed": ('"no url"', "'no url'"),
    "a string with blanks changed": ("          from pages", "            from pages"),
    "a string with a tab": ("          from pages", "\t\tfrom pages"),
    "a string's end moved": ("from pages\n        ", "from pages\n            "),
    "a comment deleted": ("  # sum up", ""),
    "a comment changed": ("# sum up", "# add up"),
    "a comment moved": (
        "for value in values:\n        result += value  # sum up",
        "for value in values:  # sum up\n        result += value",
    ),
    "a comment added": ("return bool(self.url)", "return bool(self.url)  # sure"),
    "a noqa deleted": ("  # noqa: ANN001", ""),
    "a noqa widened": ("# noqa: ANN001", "# noqa"),
    "a comment line deleted": ("    # keeps one result\n", ""),
    "a type comment deleted": ("        # type: ignore\n", ""),
    "the cookie changed": ("coding: utf-8", "coding: latin-1"),
    "the cookie deleted": ("# -*- coding: utf-8 -*-\n", ""),
    "the shebang changed": ("env python\n", "env python2\n"),
    "the module docstring changed": ('"""A client."""', '"""The client."""'),
    "the module docstring deleted": ('"""A client."""\n', ""),
    "the module docstring grown": ('"""A client."""', '"""A client.\n\nAnd more.\n"""'),
    "a continuation undone": ("return pages \\\n            + []", "return pages + []"),
    "a continuation indented": ("            + []", "              + []"),
    "blanks behind a line": ("result = start\n", "result = start  \n"),
    "blanks around an operator": ("start=0):", "start = 0):"),
    "a blank line added between statements": (
        "result = start\n",
        code("""
        result = start

        """),
    ),
    "a blank line dropped": (
        code("""
        import functools

        """),
        "import functools\n",
    ),
    "a bidi mark in a comment": ("# sum up", "# sum \u202e up"),
    "a bidi mark in a name's comment": ("# tries", "# tries\u2066"),
    "a homoglyph in a name": ("result += value  #", "r\u0435sult = value  #"),
    "a class renamed": ("class Client", "class Clients"),
    "a method renamed": ("def close", "def aclose"),
    "a method made static": ("    def close(self)", "    @staticmethod\n    def close(self)"),
    "an attribute annotated": ("    retries = LIMIT", "    retries: int = LIMIT"),
    "an attribute deleted": ("    retries = LIMIT\n", ""),
    "a loop changed": ("for n in range(LIMIT)", "for n in range(LIMIT + 1)"),
    "a loop variable changed": ("for value in values", "for values in values"),
    "an assignment made an expression": ("    result = start\n", "    result == start\n"),
    "a return dropped": ("    return result\n", "    result\n"),
    "a return indented": ("    return result\n", "        return result\n"),
    "a statement appended": (
        "    return result\n",
        code("""
            return result
        print()
        """),
    ),
    "the last line end dropped": ("    return result\n", "    return result"),
    "a semicolon added": ("    return result\n", "    return result;\n"),
    "a pass added": (
        "self.strict = strict\n",
        code("""
        self.strict = strict
                pass
        """),
    ),
    "parentheses added": ("return bool(self.url)", "return (bool(self.url))"),
    "a global added": ("    result = start\n", "    global LIMIT\n    result = start\n"),
    "a new function": ("def total", "def extra():\n    pass\n\n\ndef total"),
    "a byte order mark": ("#!/usr/bin", "\ufeff#!/usr/bin"),
    "a number spelt otherwise": ("size > 100", "size > 0x64"),
    "a lambda put in": ("bool(self.url)", "(lambda: self.url)()"),
    "the one-line body changed": ('self.url = ""', 'self.url = "" or ""'),
}
"""Changes of the code that come with the docstrings."""

DOC = '''\
    """Total.

    Args:
        values: The values.
        start: Where to begin.

    Returns:
        The result.
    """
'''
HEAD = "def total(values, start=0):\n"
BODY = """\
    result = start
    for value in values:
        result += value  # sum up
    return result
"""
SMALL = HEAD + BODY

SHAPES = {
    "the docstring after the first statement": BODY.replace("start\n", f"start\n{DOC}", 1),
    "the docstring at the end": BODY + DOC,
    "the docstring in the loop": BODY.replace(
        "values:\n",
        code('''
        values:
                """Total."""
        '''),
    ),
    "a formatted string": "f" + DOC.strip(" ") + BODY,
    "a formatted string with a call": '    f"""Total {print(1)}."""\n' + BODY,
    "a byte string": '    b"""Total."""\n' + BODY,
    "joined strings": '    """Total.""" """More."""\n' + BODY,
    "joined strings on lines": '    ("Total."\n     "More.")\n' + BODY,
    "an empty string joined": '    """Total."""""\n' + BODY,
    "a string in parentheses": '    ("Total.")\n' + BODY,
    "a string with a method": '    """Total.""".strip()\n' + BODY,
    "a string that is formatted": '    """Total %s.""" % values\n' + BODY,
    "a tuple": '    """Total.""",\n' + BODY,
    "a string that is assigned": '    __doc__ = """Total."""\n' + BODY,
    "a statement behind the docstring": '    """Total."""; print(values)\n' + BODY,
    "a comment behind the docstring": '    """Total."""  # noqa\n' + BODY,
    "a docstring continued": '    """Total.""" \\\n\n' + BODY,
    "a statement before it on its line": '    pass; """Total."""\n' + BODY,
    "code swallowed to the next quotes": '    """Total.\n' + BODY.replace("# sum up", '# """'),
    "all code swallowed": '    """Total.\n' + BODY + '    """\n',
    "code moved into the docstring": '    """Total.\n\n    result = start\n    """\n'
    + BODY.replace("    result = start\n", ""),
    "a bidi mark in the docstring": '    """Total \u202e."""\n' + BODY,
    "an escaped bidi mark": '    """Total \\u2067."""\n' + BODY,
    "a comment to mypy": code('''
            """Total.

        # mypy: ignore-errors
            """
        ''')
    + BODY,
    "a script's needs": code('''
            """Total.

        # /// script
        # dependencies = []
        # ///
            """
        ''')
    + BODY,
    "a comment to flake8": '    """Total.\n\n    # flake8: noqa\n    """\n' + BODY,
    "a word to isort": '    """Total; isort:skip_file."""\n' + BODY,
    "code for Sphinx": '    """Total.\n\n    .. testcode::\n\n        print(1)\n    """\n' + BODY,
    "a blank of no width": '    """Total\u200b."""\n' + BODY,
    "hidden letters": '    """Total\U000e0041."""\n' + BODY,
    "an invalid escape": '    """Total \\d."""\n' + BODY,
    "a null in the docstring": '    """Total \\0."""\n' + BODY,
    "an escape sequence for terminals": '    """Total \\x1b[2J."""\n' + BODY,
    "other line ends in the docstring": DOC.replace("\n", "\r\n") + BODY,
    "two docstrings": DOC + '    """Again."""\n' + BODY,
    "an empty statement": DOC + "    pass\n" + BODY,
    "many blank lines": DOC + "\n\n\n\n" + BODY,
    "body indented anew": DOC + BODY.replace("    ", "  ").replace("  result +", "    result +"),
    "tabs for blanks": DOC.replace("    ", "\t") + BODY.replace("    ", "\t"),
    "a loop's end moved": DOC + BODY.replace("    return", "        return"),
    "ellipsis in place of the body": DOC + "    ...\n",
    "nothing but the docstring": DOC,
}
"""Texts below a function's header, in place of the docstring and the body."""

EXAMPLES = {"an example for doctest": ">>>", "an example in escapes": "\\x3e\\x3e\\x3e"}
"""Forms of examples. Without a project, doctest may run them."""

HEADS = {
    "a docstring in the signature": 'def total(values="""Total.""", start=0):\n',
    "a docstring as a hint": 'def total(values: "Total.", start=0):\n',
    "a docstring as the return's hint": 'def total(values, start=0) -> """Total.""":\n',
    "a docstring as a decorator": code('''
        @"""Total.""".join
        def total(values, start=0):
        '''),
    "the header over lines": code("""
        def total(
            values, start=0
        ):
        """),
    "a comment at the header": "def total(values, start=0):  # ok\n",
    "a module docstring": code('''
        """Totals."""


        def total(values, start=0):
        '''),
    "a class around": code("""
        class Total:
          def total(values, start=0):
        """),
}


def _wrong() -> Iterator[tuple[str, str, str]]:
    right = documented(CLIENT)
    for name, (old, new) in CHANGES.items():
        yield name, CLIENT, _swap(right, old, new)
    for name, rest in SHAPES.items():
        yield name, SMALL, HEAD + rest
    for name, head in HEADS.items():
        yield name, SMALL, head + DOC + BODY
    windows, tabbed = documented(WINDOWS), documented(TABBED)
    yield "line ends changed", WINDOWS, windows.replace("\r\n", "\n")
    yield "one line end changed", WINDOWS, windows.replace("\r\n", "\n", 1)
    yield "the last line end changed", WINDOWS, windows[:-2] + "\n"
    yield "all line ends changed to CRLF", CLIENT, right.replace("\n", "\r\n")
    yield "a lone carriage return", CLIENT, right.replace("start\n", "start\r", 1)
    yield "tabs to blanks", TABBED, tabbed.expandtabs(4)
    yield "a tab in a string", TABBED, _swap(tabbed, "x\ty", "x    y")
    yield "deeper tabs", TABBED, _swap(tabbed, "\t\treturn", "\t\t\treturn")
    feeds = documented(FEEDS)
    yield "form feeds dropped", FEEDS, feeds.replace("\f", "")
    yield "a form feed added", FEEDS, feeds + "\f"
    broken = documented(BROKEN)
    yield "broken code changed", BROKEN, _swap(broken, "def bad(:", "def bad():")
    yield "broken code dropped", BROKEN, _swap(broken, "    return (\n", "")
    yield "broken code added", BROKEN, broken + "def worse(:\n"
    yield (
        "a docstring in broken code",
        BROKEN,
        _swap(
            broken,
            "bad(:\n",
            code('''
        bad(:
            """Bad."""
        '''),
        ),
    )
    yield "what latin-1 lacks", LATIN, _swap(documented(LATIN), "TODO.", "Name \u20ac.")
    yield (
        "what ascii lacks",
        LATIN.replace("latin-1", "ascii").replace("é", "e"),
        (_swap(documented(LATIN), "TODO.", "Naïve.").replace("latin-1", "ascii").replace("é", "e")),
    )
    passes = documented(PASSES)
    yield "dots to pass", PASSES, passes.replace("    ...\n", "    pass\n", 1)
    yield "pass dropped, and its blank line left", PASSES, passes.replace("    pass\n", "", 1)
    yield from _wrong_exchanges(passes)
    yield (
        "a body's comment moved",
        PASSES,
        (
            PASSES[: PASSES.index("def noted")]
            + code('''
                def noted():
                    """Run it."""
                    ...  # pragma: no cover
                ''')
        ),
    )
    one = "def one(): return 1  # type: ignore\n"
    yield (
        "a comment moved with a body",
        one,
        (
            code('''
            def one():
                """One."""
                return 1  # type: ignore
            ''')
        ),
    )
    yield (
        "a comment moved off a body",
        one,
        (
            code('''
            def one():  # type: ignore
                """One."""
                return 1
            ''')
        ),
    )
    signed = code("""
        def f(a):
            # type: (int) -> int
            return a
        """)
    yield (
        "a signature's comment pushed away",
        signed,
        signed.replace("    #", '    """F."""\n    #'),
    )
    slots = code("""
        class A:
            __slots__ = ('__doc__', 'b')
        """)
    yield (
        "a class whose slots have __doc__",
        slots,
        slots.replace(
            ":\n",
            code('''
        :
            """A."""

        '''),
            1,
        ),
    )
    inner = code("""
        class A:
            if B:
                __slots__ = ('__doc__', 'b')
        """)
    yield (
        "the same further in",
        inner,
        inner.replace(
            ":\n",
            code('''
        :
            """A."""

        '''),
            1,
        ),
    )
    yield from _wrong_completions()


def _wrong_exchanges(passes: str) -> Iterator[tuple[str, str, str]]:
    """Yield docstrings that replace a body with an effect, or more than the body."""
    below = code("""
        def f():
            {}


        F = f
        """)
    for name, body in {
        "a return": "return", "a number": "1", "a name": "x", "an ellipsis returned": "return ...",
        "a raise": "raise NotImplementedError", "two bodies": "pass; pass", "a string": 'f"x"',
        "a tuple of dots": "...,", "an awaited ellipsis": "(yield ...)",
    }.items():  # fmt: skip
        yield f"a docstring for {name}", below.format(body), below.format('"""F."""')
    noted = below.format("pass  # pragma: no cover")
    yield "a docstring for a body and its comment", noted, below.format('"""F."""')
    yield "a docstring before the comment of pass", noted, noted.replace("pass", '"""F."""')
    yield (
        "a docstring for a comment above pass",
        below.format("# why\n    pass"),
        below.format('"""F."""'),
    )
    head = below.format('"""F."""').replace("f():", "f(a):")
    yield "a docstring for pass, and a parameter", below.format("pass"), head
    yield (
        "a docstring for pass, and a name",
        below.format("pass"),
        (below.format('"""F."""').replace("F = f", "F = None")),
    )
    yield (
        "a docstring for a comment at the header",
        PASSES,
        (
            PASSES[: PASSES.index("def noted")]
            + code('''
            def noted():
                """Run it."""
            ''')
        ),
    )
    yield (
        "dots dropped, and pass moved",
        PASSES,
        passes.replace("    ...\n", "", 1).replace("    pass\n", "pass\n"),
    )


KEPT = code('''
    def f(a):
        """Do it.

        In two lines,
        as here.
        """
        return a
    ''')


def _wrong_completions() -> Iterator[tuple[str, str, str]]:
    more = "\n    Args:\n        a: The a.\n    "
    grown = KEPT.replace('here.\n    """', f'here.\n{more}"""')
    yield (
        "an existing docstring deleted",
        KEPT,
        code("""
        def f(a):
            return a
        """),
    )
    yield "an existing docstring replaced", KEPT, KEPT.replace("Do it.", "Do that.")
    yield "an existing line dropped", KEPT, grown.replace("    as here.\n", "")
    yield (
        "existing lines swapped",
        KEPT,
        grown.replace("    In two lines,\n    as here.\n", "    as here.\n    In two lines,\n"),
    )
    yield "an existing line indented", KEPT, grown.replace("    as here", "      as here")
    yield "existing quotes changed", KEPT, grown.replace('"""', "'''")
    yield "an existing prefix changed", KEPT, grown.replace('"""Do', 'r"""Do')
    yield "an existing docstring and the code", KEPT, grown.replace("return a", "return -a")
    yield "a comment to mypy added", KEPT, grown.replace("The a.", "A.\n# mypy: ignore-errors")
    yield (
        "an existing example changed",
        (KEPT.replace("In two lines,", ">>> f(1)")),
        grown.replace("In two lines,", ">>> f(2)"),
    )
    yield "something before the summary", KEPT, grown.replace('"""Do', '"""Note.\n\n    Do')


def _right() -> Iterator[tuple[str, str, str]]:
    texts = {
        "client": CLIENT, "tabs": TABBED, "CRLF": WINDOWS, "broken": BROKEN, "latin": LATIN,
        "empty bodies": PASSES, "form feeds": FEEDS, "nested": NESTED, "small": SMALL,
    }  # fmt: skip
    for name, text in texts.items():
        for style in (Style.GOOGLE, Style.NUMPY, Style.SPHINX):
            yield f"{name} in {style} style", text, documented(text, style)
        yield f"{name} as it was", text, text
    yield "a one-line docstring", SMALL, f'{HEAD}    """Total."""\n{BODY}'
    yield "in single quotes", SMALL, f"{HEAD}    'Total.'\n{BODY}"
    yield "raw", SMALL, f'{HEAD}    r"""Total \\d."""\n{BODY}'
    yield "with quotes inside", SMALL, f'{HEAD}    """Total "x"\'s."""\n{BODY}'
    yield "with an escaped quote", SMALL, f'{HEAD}    """Total \\"\\"\\"."""\n{BODY}'
    yield "with a blank line behind", SMALL, f'{HEAD}    """Total."""\n\n{BODY}'
    yield "not in ASCII", SMALL, f'{HEAD}    """Σ \U0001f600 é."""\n{BODY}'
    inner = code("""
        def f():

            # why
            return 1
        """)
    yield "below a comment", inner, inner.replace("    return", '    """F."""\n    return')
    yield (
        "above a comment",
        inner,
        inner.replace(
            "():\n",
            code('''
        ():
            """F."""
        '''),
        ),
    )
    signed = code("""
        def f(a):
            # type: (int) -> int
            return a
        """)
    yield "below a signature's comment", signed, documented(signed)
    passing = code("""
            class Meta(type):
                def __new__(mcls, name, bases, body):
                    return super().__new__(mcls, name, bases, body)


            class A(metaclass=Meta):
                def __init__(self, a, b, c):
                    self.a = a + b + c
            """)
    yield "a class whose names are passed on", passing, documented(passing)
    looking = passing.replace(
        "        return",
        "        for each in 'fields', 'kind':\n"
        "            body.setdefault(each, 'x' in body and body['y'])\n        return",
        1,
    )
    yield "a class among whose names some are looked up", looking, documented(looking)
    one = "class A: x = 1; y = 2\n"
    yield "a body moved below its header", one, documented(one)
    more = "\n    Args:\n        a: The a.\n    "
    passes = documented(PASSES)
    yield "dots dropped", PASSES, passes.replace("    ...\n", "", 1)
    for name, body in {"pass": "pass", "dots": "..."}.items():
        text = f"class E(Exception):\n    {body}\n\n\nclass G(E): {body}\n"
        with_docstring = text.replace(
            f":\n    {body}", ':\n    """An error.\n\n    It is.\n    """'
        )
        yield f"a docstring for {name}", text, with_docstring
        yield (
            f"a docstring for {name} at the header",
            text,
            text.replace(f": {body}", ':\n    """Another."""'),
        )
    yield "completed", KEPT, KEPT.replace('here.\n    """', f'here.\n{more}"""')
    short = code('''
        def f(a):
            """Do it."""
            return a
        ''')
    yield "a short one completed", short, short.replace('it."""', f'it.\n{more}"""')
    yield (
        "completed in the middle",
        (short.replace('it."""', 'it.\n\n    Returns:\n        It.\n    """')),
        short.replace('it."""', f'it.\n{more.rstrip()}\n\n    Returns:\n        It.\n    """'),
    )


def _to_confirm() -> Iterator[tuple[str, str, str]]:
    for name, prompt in EXAMPLES.items():
        example = f'    """Total.\n\n    {prompt} print(1)\n    1\n    """\n'
        yield name, SMALL, HEAD + example + BODY
    more = "\n    Args:\n        a: A.\n    >>> f(1)\n    "
    yield (
        "an example added to a docstring",
        KEPT,
        KEPT.replace('here.\n    """', f'here.\n{more}"""'),
    )
    lines = {
        "docopt": code("""
            import docopt
            ARGS = docopt.docopt('usage')
            """),
        "argparse": code("""
            import argparse
            PARSER = argparse.ArgumentParser(description=__doc__)
            """),
        "its own __doc__": "print(total.__doc__)\n",
        "getattr": "TEXT = getattr(total, '__doc__')\n",
        "inspect": code("""
            import inspect
            TEXT = inspect.getdoc(total)
            """),
        "fire": code("""
            import fire
            fire.Fire(total)
            """),
        "its own source": code("""
            import inspect
            TEXT = inspect.getsource(total)
            """),
        "flask-restx": "from flask_restx import Api\n",
        "tools of a model": "from mcp.server.fastmcp import FastMCP\n",
        "typer": code("""
            import typer
            typer.run(total)
            """),
        "a route by hand": code("""
            import fastapi
            APP.add_api_route('/', total)
            """),
        "a tool of a model": "ANSWER = ask(tools=[total])\n",
        "help": "help(total)\n",
        "syntax trees": code("""
            import ast
            TEXT = ast.get_docstring(NODE)
            """),
        "pydantic": "CONFIG = {'use_attribute_docstrings': True}\n",
    }
    for name, line in lines.items():
        before = line + SMALL
        yield name, before, documented(before)
    for decorator in (
        "click.command()", "app.command()", "app.get('/')", "router.post('/x')", "app.callback()",
        "cli.group", "api.route('/')", "task", "mcp.tool()", "function_tool", "bot.slash_command()",
    ):  # fmt: skip
        before = f"@{decorator}\n{SMALL}"
        yield f"@{decorator}", before, documented(before)
    grammar = code("""
        import ply.yacc


        def p_sum(p):
            p[0] = p[1]
        """)
    yield "a grammar", grammar, documented(grammar)
    lexer = code("""
        from ply import lex


        def t_number(t):
            return t
        """)
    yield "a lexer's rule", lexer, documented(lexer)
    shell = code("""
        import cmd


        class Shell(cmd.Cmd):
            def do_run(self, x):
                return x
        """)
    yield "a shell's command", shell, documented(shell)
    model = code("""
        from pydantic import BaseModel


        class User(BaseModel):
            name: str
        """)
    yield "a model with a schema", model, documented(model)
    slots = code("""
        from x import NAMES


        class A:
            __slots__ = NAMES
        """)
    yield "a class whose slots nobody sees", slots, documented(slots)
    counted = code("""
            class Meta(type):
                def __new__(mcls, name, bases, body):
                    made = super().__new__(mcls, name, bases, body)
                    made.size = len(body)
                    return made


            class Base(metaclass=Meta):
                x = 1


            class Part(Base):
                y = 1
            """)
    yield (
        "a class whose names are counted",
        counted,
        counted.replace(
            "Meta):\n",
            code('''
            Meta):
                """Base."""

            '''),
        ),
    )
    yield (
        "a class whose base's names are counted",
        counted,
        counted.replace(
            "(Base):\n",
            code('''
            (Base):
                """Part."""

            '''),
        ),
    )
    sloppy = counted.replace("made.size = len(body)", "made.size = made.__name__").replace(
        "        made =", "        body['__slots__'] = SLOTS\n        made ="
    )
    sloppy = f"from x import SLOTS\n\n\n{sloppy}"
    yield (
        "a class whose metaclass sets slots",
        sloppy,
        sloppy.replace(
            "Meta):\n",
            code('''
            Meta):
                """Base."""

            '''),
        ),
    )
    described = code("""
            import unittest


            class Test(unittest.TestCase):
                def test(self):
                    self.assertIsNone(self.shortDescription())
            """)
    yield (
        "a test that reads its description",
        described,
        described.replace(
            "(self):\n",
            code('''
            (self):
                    """Test."""
            '''),
        ),
    )
    own = code("""
        class A:
            __doc__ = 'mine'
        """)
    yield "a class with __doc__ of its own", own, documented(own)


def cases() -> list[Case]:
    """Return all edits with the expected verdicts."""
    return [
        *(Case(*each, Status.REFUSED) for each in _wrong()),
        *(Case(*each, Status.ACCEPTED) for each in _right()),
        *(Case(*each, Status.CONFIRM) for each in _to_confirm()),
    ]


def judge(case: Case) -> Verdict:
    """Return the gate's verdict, as the command gives it for two texts."""
    try:
        after = Source.of(case.after)
    except BrokenError as error:
        return Verdict.of([Reason(str(error))], [])
    return prove(Source.of(case.before), after, Options())


def counts() -> tuple[int, int]:
    """Return how many wrong edits are refused, and how many right ones are not."""
    statuses = [(case.expected, judge(case).status) for case in cases()]
    refused = sum(status is wanted for wanted, status in statuses if wanted is Status.REFUSED)
    return refused, sum(
        status is wanted for wanted, status in statuses if wanted is not Status.REFUSED
    )
