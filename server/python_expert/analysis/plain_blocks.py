"""Blocks that are known to behave the same in any thread.

The list is closed: a block with any other construct or call is not moved to a thread.
"""

from __future__ import annotations

import ast
import sys
from typing import TYPE_CHECKING, Final

from python_expert.analysis.library import ANY_OBJECT, BLOCKING, EAGER, FILE_METHODS, METHODS
from python_expert.analysis.nodes import FORS, TRIES, arguments, is_plain_target
from python_expert.analysis.raises import is_named_error
from python_expert.analysis.thread_calls import anywhere
from python_expert.analysis.threads import uses_at

if TYPE_CHECKING:
    from collections.abc import Iterator
    from collections.abc import Set as AbstractSet

    from python_expert.analysis.call_graph import Program
    from python_expert.analysis.names import Kind
    from python_expert.analysis.scopes import Function

_STATEMENTS: Final = (
    *(ast.Assign, ast.AnnAssign, ast.AugAssign, ast.Expr, ast.Return, ast.Assert, ast.Pass),
    *(ast.If, ast.For, ast.While, ast.With, ast.Break, ast.Continue, ast.Raise, *TRIES),
    ast.ExceptHandler,
)
_PARTS: Final = (
    *(ast.Name, ast.Attribute, ast.Subscript, ast.Slice, ast.Constant, ast.Call, ast.keyword),
    *(ast.BinOp, ast.BoolOp, ast.UnaryOp, ast.Compare, ast.IfExp, ast.NamedExpr, ast.Starred),
    *(ast.Tuple, ast.List, ast.Set, ast.Dict, ast.JoinedStr, ast.FormattedValue),
    *(ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp, ast.comprehension, ast.withitem),
    *(ast.expr_context, ast.operator, ast.boolop, ast.unaryop, ast.cmpop),
)


def _words(text: str, prefix: str = "") -> frozenset[str]:
    return frozenset(prefix + word for word in text.split())


_FUNCTIONS: Final = _words(
    """
    abs all any ascii bin bool bytearray bytes chr complex dict divmod enumerate float format
    frozenset hex int isinstance issubclass iter len list max min oct open ord pow print range repr
    reversed round set slice sorted str sum tuple zip
    """,
    "builtins.",
) | _words("asctime ctime gmtime localtime monotonic strftime time", "time.")
_MODULES: Final = _words(
    "base64 binascii configparser csv datetime fnmatch hashlib html json math os.path pickle re"
    " shlex string struct textwrap tomllib urllib.parse uuid zlib"
)
"""Modules whose functions only use their arguments."""

_READERS: Final = frozenset({"configparser.ConfigParser", "configparser.RawConfigParser"})
"""Classes whose methods only use their arguments."""

_CALLBACKS: Final = _words(
    """
    key default cls func filter ignore opener onerror onexc copy_function preexec_fn hook target
    object_hook object_pairs_hook parse_float parse_int parse_constant repl
    """
)
"""Parameters that may receive functions, which would be called in the thread."""

_ERRORS: Final = _words(
    """
    ArithmeticError AssertionError AttributeError EOFError Exception FileExistsError
    FileNotFoundError IndexError KeyError LookupError NotImplementedError OSError PermissionError
    RuntimeError TypeError UnicodeError ValueError
    """,
    "builtins.",
)
"""Exceptions that propagate out of a thread unchanged."""

_OPENED: Final = (
    FILE_METHODS
    | METHODS
    | _words(
        """
        fileno isatty readable writable seekable peek detach writerow writerows writeheader
        hexdigest digest update json iter_lines iter_content raise_for_status namelist infolist
        getinfo getmembers getnames writestr extract extractall extractfile testzip add setpassword
        search match fullmatch findall finditer group groups start end span isoformat strftime
        timestamp poll kill terminate send_signal geturl submit map result done exception
        """
    )
)
"""Methods of objects that a block opens or creates."""

_POOL: Final = "concurrent.futures.ThreadPoolExecutor"
"""A class that runs its tasks in threads of its own, from any thread."""

_OF_POOLS: Final = _words("as_completed wait", "concurrent.futures.")
"""Functions that wait for the tasks of a pool, in any thread."""

_LOOK_AT_CALLERS: Final = frozenset({"_getframe", "currentframe", "settrace", "setprofile"})


def unproven_part(program: Program, block: ast.With, opens: AbstractSet[str]) -> str | None:
    """Return a message why a block's behaviour in a thread is unknown, or None.

    Args:
        program: The text.
        block: The block.
        opens: The full names of the context managers that it may enter.
    """
    if found := _LOOK_AT_CALLERS & program.source.words:
        return f"the file uses {min(found)}"
    if why := anywhere(program):
        return why
    return next(_BlockCheck(program, block, opens).found(), None)


def unknown_calls_in(program: Program, block: ast.With, opens: AbstractSet[str]) -> list[ast.Call]:
    """Return the calls of functions from other modules that receive what a block opens."""
    return [*_BlockCheck(program, block, opens).unknown_calls()]


class _BlockCheck:
    """The constructs and calls of a block that are not in this module's lists."""

    def __init__(self, program: Program, block: ast.With, opens: AbstractSet[str]) -> None:
        self._program, self._names = program, program.names
        self._block, self._opens = block, opens
        self._inside = {*ast.walk(block)}
        self._opened = {getattr(each.optional_vars, "id", "") for each in block.items} - {""}
        self._unknown_calls = [*self.unknown_calls()]
        steps = [self._step(each) for each in self._inside if isinstance(each, FORS)]
        self._read = {node for each in steps if each is not None for node in ast.walk(each)}
        self._properties = {
            each.name for each in program.definitions if _is_property(program, each)
        }

    def found(self) -> Iterator[str]:
        """Yield a message for each construct or call that is not in the lists."""
        items = {each.context_expr for each in self._inside if isinstance(each, ast.withitem)}
        for node in self._inside - self._read:
            if not isinstance(node, (*_STATEMENTS, *_PARTS)):
                yield f"the block has {type(node).__name__} in it"
            elif isinstance(node, ast.withitem):
                yield from self._entered(node)
            elif isinstance(node, ast.Call) and node not in items:
                yield from self._called(node)
            elif isinstance(node, ast.Raise):
                yield from self._raised(node)
            else:
                yield from self._other(node)

    def unknown_calls(self) -> Iterator[ast.Call]:
        """See `unknown_calls_in`."""
        for node in self._inside:
            if isinstance(node, ast.Call) and self._names.is_imported(node.func):
                given = [*node.args, *(each.value for each in node.keywords)]
                root = (self._names.dotted(node.func) or "").partition(".")[0]
                known = root in {"builtins", *sys.stdlib_module_names}
                if not known and any(getattr(each, "id", "") in self._opened for each in given):
                    yield node

    def _step(self, loop: ast.For | ast.AsyncFor) -> ast.Lambda | None:
        """Return the lambda of a loop that reads a file of the block in parts, or None.

        An example is ``for part in iter(lambda: file.read(9), end)``.
        """
        call = loop.iter
        if not isinstance(call, ast.Call) or self._names.dotted(call.func) != "builtins.iter":
            return None
        step = call.args[0] if len(call.args) > 1 else None
        read = step.body if isinstance(step, ast.Lambda) and not arguments(step) else None
        if not isinstance(read, ast.Call) or not isinstance(read.func, ast.Attribute):
            return None
        is_file = (
            getattr(read.func.value, "id", "") in self._opened and read.func.attr in FILE_METHODS
        )
        plain = all(isinstance(each, ast.Constant | ast.Name) for each in read.args)
        return step if is_file and plain and isinstance(step, ast.Lambda) else None

    def _entered(self, item: ast.withitem) -> Iterator[str]:
        made = item.context_expr
        if not isinstance(made, ast.Call) or self._names.dotted(made.func) not in self._opens:
            yield f"it is not known what {ast.unparse(made)} does in a thread"
        elif why := self._given(made):
            yield why
        if item.optional_vars is not None and not isinstance(item.optional_vars, ast.Name):
            yield "the opened object is not assigned to a variable"

    def _called(self, call: ast.Call) -> Iterator[str]:
        names, text = self._names, ast.unparse(call.func)
        receiver = call.func.value if isinstance(call.func, ast.Attribute) else None
        kind = names.kind(receiver) if receiver is not None else None
        is_method = kind is not None and kind != names.dotted(receiver or call)
        full = "" if is_method else names.dotted(call.func) or ""
        if why := self._given(call):
            yield why
        if call in self._unknown_calls or self._is_harmless(call, kind):
            return
        if uses_at(self._program, call.func):
            if names.class_named(call.func) is not None:
                yield f"{text} makes an object"
            return
        if full:
            module = full.rpartition(".")[0]
            known = full in _FUNCTIONS | _OF_POOLS or full in BLOCKING or module in _MODULES
            known = known or (full == "builtins.next" and len(call.args) > 1)
            if not known or full in self._opens - {"builtins.open"}:
                yield f"it is not known what {text} does in a thread"
            return
        if not isinstance(call.func, ast.Attribute):
            yield f"it is not known what {text} is"
            return
        method = call.func.attr
        if method not in ANY_OBJECT and not (method in _OPENED and self._is_made(call.func.value)):
            yield f"it is not known what {text} does in a thread"

    def _is_harmless(self, call: ast.Call, kind: Kind) -> bool:
        """Return whether a called function uses only its arguments or creates an exception."""
        names, func = self._names, call.func
        slot = names.slot(func.value) if isinstance(func, ast.Attribute) else None
        made = [getattr(each, "func", None) for each in (names.values(slot) if slot else ())]
        pattern = made and not any(map(self._names.is_imported, call.args))
        pattern = pattern and all(each and names.dotted(each) == "re.compile" for each in made)
        return kind in _READERS or bool(pattern) or is_named_error(names, func, _ERRORS)

    def _given(self, call: ast.Call) -> str | None:
        """Return why an argument of a call may run code in the thread, or None."""
        for keyword in call.keywords:
            if keyword.arg in _CALLBACKS and not isinstance(keyword.value, ast.Constant):
                return f"{ast.unparse(call.func)} may call {ast.unparse(keyword.value)}"
        pool = isinstance(call.func, ast.Attribute) and self._names.kind(call.func.value) == _POOL
        for value in () if pool else (*call.args, *(each.value for each in call.keywords)):
            if isinstance(value, ast.Name | ast.Attribute) and uses_at(self._program, value):
                return f"{ast.unparse(call.func)} may call {ast.unparse(value)}"
        return None

    def _raised(self, node: ast.Raise) -> Iterator[str]:
        error = node.exc.func if isinstance(node.exc, ast.Call) else node.exc
        names = self._names
        known = error and (names.dotted(error) in _ERRORS or is_named_error(names, error, _ERRORS))
        if not known or node.cause is not None:
            yield f"it is not known what `{ast.unparse(node)}` raises out of a thread"

    def _other(self, node: ast.AST) -> Iterator[str]:
        parent = self._names.parents[node]
        if isinstance(node, ast.Attribute) and node.attr in self._properties:
            yield f"{ast.unparse(node)} may be a property"
        elif isinstance(node, ast.Attribute) and node.attr.startswith("__"):
            yield f"{ast.unparse(node)} may differ from thread to thread"
        elif isinstance(node, (*FORS, ast.comprehension)) and not is_plain_target(node.target):
            yield "a loop assigns to more than variables"
        elif isinstance(node, ast.AnnAssign) and node.value is None:
            yield "a variable is declared without a value"
        elif isinstance(node, ast.NamedExpr) and isinstance(parent, ast.Compare):
            yield from ["a comparison assigns a variable"] * (len(parent.ops) > 1)
        elif isinstance(node, ast.GeneratorExp) and not self._is_consumed(node):
            yield "a generator expression may be read later"
        elif isinstance(node, ast.Name) and node.id in self._names.scopes[node].elsewhere:
            yield from [f"{node.id} is a variable of another scope"] * self._is_stored(node)

    @staticmethod
    def _is_stored(node: ast.Name) -> bool:
        return not isinstance(node.ctx, ast.Load)

    def _is_consumed(self, node: ast.GeneratorExp) -> bool:
        call = self._names.parents[node]
        if not isinstance(call, ast.Call) or call.args != [node]:
            return False
        join = isinstance(call.func, ast.Attribute) and call.func.attr == "join"
        return join or self._names.dotted(call.func) in EAGER

    def _is_made(self, node: ast.expr) -> bool:
        """Return whether an object was opened or created in the block."""
        while isinstance(node, ast.Attribute | ast.Call | ast.Subscript | ast.Await):
            if isinstance(node, ast.Call) and self._names.dotted(node.func):
                return True
            node = node.func if isinstance(node, ast.Call) else node.value
        if not isinstance(node, ast.Name):
            return isinstance(node, ast.Constant | ast.JoinedStr)
        bound = self._names.bindings(node)
        return node.id in self._opened or (
            bool(bound) and all(each in self._inside for each in bound)
        )


def _is_property(program: Program, function: Function) -> bool:
    texts = [program.names.dotted(each) or ast.unparse(each) for each in function.decorator_list]
    return any(
        each.rpartition(".")[2] in {"property", "cached_property", "setter"} for each in texts
    )
