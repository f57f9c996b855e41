"""Tables of the standard library's types: their modules, first versions, and which are generic."""

from __future__ import annotations

import builtins
from typing import Final

from python_expert.analysis.words import words

TYPING_MODULES: Final = frozenset({"typing", "typing_extensions", "collections.abc", "types"})
"""Modules that only define types; importing them at run time has no effect."""

_CONTAINERS: Final = words(
    """
    AsyncGenerator AsyncIterable AsyncIterator Awaitable Callable Collection
    Container Coroutine Generator Hashable ItemsView Iterable Iterator KeysView Mapping
    MappingView MutableMapping MutableSequence MutableSet Reversible Sequence Sized ValuesView
    """
)
"""Names that ``collections.abc`` and ``typing`` share, with the same meaning."""

_TYPING: Final = words(
    """
    AbstractSet Any AnyStr BinaryIO ChainMap ClassVar Counter DefaultDict Deque Dict
    FrozenSet Generic IO List Match NamedTuple NewType NoReturn
    Optional Pattern Set SupportsAbs SupportsBytes SupportsComplex
    SupportsFloat SupportsInt SupportsRound Text TextIO Tuple Type TypeVar
    TYPE_CHECKING Union cast overload AsyncContextManager
    ContextManager
    """
)

_SINCE: Final = {
    **dict.fromkeys(
        words(
            """
    Final ForwardRef Literal OrderedDict Protocol SupportsIndex TypedDict final runtime_checkable
    """
        ),
        (3, 8),
    ),
    "Annotated": (3, 9),
    **dict.fromkeys(["Concatenate", "ParamSpec", "TypeAlias", "TypeGuard"], (3, 10)),
    **dict.fromkeys(
        words(
            """
    LiteralString Never NotRequired Required Self TypeVarTuple Unpack
    """
        ),
        (3, 11),
    ),
    **dict.fromkeys(["override", "TypeAliasType"], (3, 12)),
    **dict.fromkeys(["ReadOnly", "TypeIs"], (3, 13)),
}

_TYPES: Final = {
    **dict.fromkeys(
        words(
            """
    AsyncGeneratorType BuiltinFunctionType CodeType CoroutineType FrameType FunctionType
    GeneratorType MappingProxyType MethodType ModuleType SimpleNamespace TracebackType
    """
        ),
        (3, 7),
    ),
    "GenericAlias": (3, 9),
    **dict.fromkeys(["EllipsisType", "NoneType", "NotImplementedType", "UnionType"], (3, 10)),
}

_CLASSES: Final = {
    "abc": "ABC ABCMeta",
    "argparse": "Action ArgumentParser HelpFormatter Namespace",
    "ast": """AST AnnAssign Assign AsyncFunctionDef Attribute Call ClassDef Constant Expr
        FunctionDef Import ImportFrom Module Name NodeTransformer NodeVisitor Subscript expr
        stmt""",
    "asyncio": """AbstractEventLoop AbstractServer BaseEventLoop BaseProtocol BaseTransport
        BoundedSemaphore BufferedProtocol Condition DatagramProtocol DatagramTransport Event Future
        Handle LifoQueue Lock PriorityQueue Protocol Queue ReadTransport Semaphore StreamReader
        StreamReaderProtocol StreamWriter SubprocessProtocol SubprocessTransport Task TimerHandle
        Transport WriteTransport""",
    "collections": "ChainMap Counter OrderedDict defaultdict deque",
    "concurrent.futures": "Executor Future",
    "configparser": "ConfigParser RawConfigParser SectionProxy",
    "contextlib": "AbstractAsyncContextManager AbstractContextManager AsyncExitStack ExitStack",
    "contextvars": "Context ContextVar Token",
    "datetime": "date datetime time timedelta timezone tzinfo",
    "decimal": "Decimal",
    "email.message": "EmailMessage Message",
    "enum": "Enum Flag IntEnum IntFlag",
    "fractions": "Fraction",
    "functools": "cached_property partial",
    "http.client": "HTTPConnection HTTPMessage HTTPResponse",
    "http.cookiejar": "Cookie CookieJar",
    "http.cookies": "Morsel SimpleCookie",
    "inspect": "Parameter Signature",
    "io": """BufferedIOBase BufferedRandom BufferedReader BufferedWriter BytesIO FileIO IOBase
        RawIOBase StringIO TextIOBase TextIOWrapper""",
    "ipaddress": "IPv4Address IPv4Network IPv6Address IPv6Network",
    "itertools": "chain count",
    "json": "JSONDecoder JSONEncoder",
    "logging": """FileHandler Filter Formatter Handler LogRecord Logger LoggerAdapter
        StreamHandler""",
    "os": "DirEntry PathLike",
    "pathlib": "Path PosixPath PurePath PurePosixPath PureWindowsPath WindowsPath",
    "queue": "LifoQueue PriorityQueue Queue SimpleQueue",
    "random": "Random",
    "re": "Match Pattern",
    "socket": "socket",
    "sqlite3": "Connection Cursor Row",
    "ssl": "SSLContext SSLObject SSLSocket",
    "string": "Formatter Template",
    "struct": "Struct",
    "subprocess": "CompletedProcess Popen",
    "tempfile": "TemporaryDirectory",
    "textwrap": "TextWrapper",
    "traceback": "FrameSummary StackSummary TracebackException",
    "threading": "Barrier Condition Event Semaphore Thread Timer",
    "unittest": "TestCase TestResult TestSuite",
    "urllib.request": "Request",
    "uuid": "UUID",
    "weakref": "ReferenceType WeakKeyDictionary WeakSet WeakValueDictionary",
    "xml.etree.ElementTree": "Element ElementTree",
    "zipfile": "ZipFile ZipInfo",
    "zoneinfo": "ZoneInfo",
}

_GENERIC_CLASSES: Final = words(
    """
    asyncio.Future asyncio.Queue asyncio.Task collections.ChainMap collections.Counter
    collections.OrderedDict collections.defaultdict collections.deque
    contextlib.AbstractAsyncContextManager contextlib.AbstractContextManager
    contextvars.ContextVar contextvars.Token functools.cached_property functools.partial
    os.DirEntry os.PathLike queue.LifoQueue queue.PriorityQueue queue.Queue queue.SimpleQueue
    re.Match re.Pattern subprocess.CompletedProcess subprocess.Popen tempfile.TemporaryDirectory
    types.MappingProxyType weakref.ReferenceType weakref.WeakKeyDictionary weakref.WeakSet
    weakref.WeakValueDictionary
    """
)

_GENERIC_BUILTINS: Final = words(
    """
    dict frozenset list set tuple type
    """
)

_NOT_GENERIC: Final = words(
    """
    Any AnyStr BinaryIO  Hashable LiteralString Never NoReturn Self Sized
    SupportsBytes SupportsComplex SupportsFloat SupportsIndex SupportsInt Text TextIO TypeAlias
    TYPE_CHECKING NamedTuple NewType TypeVar TypedDict cast final overload runtime_checkable
    ForwardRef ParamSpec TypeVarTuple TypeAliasType override
    """
)

_OLD_SPELLINGS: Final = {
    "dict": "Dict",
    "frozenset": "FrozenSet",
    "list": "List",
    "set": "Set",
    "tuple": "Tuple",
    "type": "Type",
    "collections.deque": "Deque",
    "collections.defaultdict": "DefaultDict",
    "collections.Counter": "Counter",
    "collections.OrderedDict": "OrderedDict",
    "collections.ChainMap": "ChainMap",
    "collections.abc.Set": "AbstractSet",
    "contextlib.AbstractContextManager": "ContextManager",
    "contextlib.AbstractAsyncContextManager": "AsyncContextManager",
    "re.Match": "Match",
    "re.Pattern": "Pattern",
    **{f"collections.abc.{name}": name for name in _CONTAINERS},
}

_NEW_SPELLINGS: Final = {old: new for new, old in _OLD_SPELLINGS.items()} | {"Text": "str"}

_NEWER_BUILTINS: Final = {
    "BaseExceptionGroup": (3, 11),
    "EncodingWarning": (3, 10),
    "ExceptionGroup": (3, 11),
    "PythonFinalizationError": (3, 13),
}


def exists(module: str, name: str, python: tuple[int, int]) -> bool:
    """Return whether a module of the standard library is known to have a type at run time.

    Args:
        module: The module's full name.
        name: A class or typing form.
        python: The oldest supported Python.
    """
    if module == "collections.abc":
        return name in _CONTAINERS or name == "Set" or (name == "Buffer" and python >= (3, 12))
    if module == "typing_extensions":
        return name in _TYPING or name in _CONTAINERS or name in _SINCE
    if module == "typing":
        return name in _TYPING or name in _CONTAINERS or python >= _SINCE.get(name, (9, 0))
    if module == "types":
        return python >= _TYPES.get(name, (9, 0))
    return name in _CLASSES.get(module, "").split()


def is_builtin(name: str) -> bool:
    """Return whether a name is a builtin of any kind."""
    return hasattr(builtins, name)


def is_builtin_class(name: str, python: tuple[int, int]) -> bool:
    """Return whether a built-in name is a class."""
    if python < _NEWER_BUILTINS.get(name, (3, 0)):
        return False
    return isinstance(vars(builtins).get(name), type)


def is_generic(origin: str, python: tuple[int, int]) -> bool:
    """Return whether a type of the standard library may be subscripted at run time.

    Args:
        origin: The type's full name, a built-in's without its module.
        python: The oldest supported Python.
    """
    module, _, name = origin.rpartition(".")
    if module in {"typing", "typing_extensions"}:
        return exists(module, name, python) and name not in _NOT_GENERIC
    if python < (3, 9):
        return False
    if module == "collections.abc":
        return exists(module, name, python) and name not in {*_NOT_GENERIC, "Buffer"}
    return origin in _GENERIC_CLASSES or origin in _GENERIC_BUILTINS


def old_spelling(origin: str) -> str | None:
    """Return the name in ``typing`` of a generic that older Pythons cannot subscript, or None."""
    return _OLD_SPELLINGS.get(origin)


def newest(origin: str, python: tuple[int, int]) -> str:
    """Return the full name of a type in the newest Pythons, if the supported ones have it.

    Args:
        origin: The type's full name.
        python: The oldest supported Python.
    """
    module, _, name = origin.rpartition(".")
    if module not in {"typing", "typing_extensions"} or python < (3, 9):
        return origin
    return _NEW_SPELLINGS.get(name, origin)


def same(one: str, other: str) -> bool:
    """Return whether two full names mean the same type.

    For example, ``typing.Iterator`` and ``collections.abc.Iterator`` do.
    """
    return _canonical(one) == _canonical(other)


def _canonical(origin: str) -> str:
    module, _, name = origin.rpartition(".")
    if module in {"typing", "typing_extensions", "collections.abc"}:
        if name in _CONTAINERS:
            return f"collections.abc.{name}"
        if module != "collections.abc":
            return f"typing.{name}"
    return origin


def home(name: str) -> str | None:
    """Return the module to import a well-known typing name from, or None if it is not one."""
    if name in _CONTAINERS:
        return "collections.abc"
    return "typing" if name in _TYPING or name in _SINCE else None
