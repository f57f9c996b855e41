"""The fixed table of replacements for calls that block.

A model chooses from this table and cannot add entries; the gate undoes replacements by the same
table.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple

from python_expert.analysis.decorators import passes_on
from python_expert.analysis.library import (
    FILE_METHODS,
    HTTP_METHODS,
    IN_ANY_THREAD,
    LAZY,
    WAITING,
)

if TYPE_CHECKING:
    import ast

    from python_expert.analysis.names import Names

THREAD: Final = "asyncio.to_thread"
SLEEP: Final = "asyncio.sleep"


class Replacement(NamedTuple):
    """A replacement for a blocking call.

    Attributes:
        module: The module that must be imported.
        package: The package that must be installed; empty for the standard library.
        since: The oldest Python version that supports this use.
    """

    module: str = "asyncio"
    package: str = ""
    since: tuple[int, int] = (3, 7)


class Swap(NamedTuple):
    """An object whose blocking methods have awaitable counterparts with the same names.

    Attributes:
        replacement: The id of the entry in ``REPLACEMENTS``.
        constructor: The function that creates the new object.
        awaits: Whether the creation of the object is awaited.
        enters: Whether ``with`` on the object becomes ``async with``.
        iterates: Whether ``for`` over the object becomes ``async for``.
        methods: The methods whose calls are awaited, with the same arguments.
        plain: The attributes that are the same as before.
        arguments: The constructor's keywords whose meaning is the same; None for all.
    """

    replacement: str
    constructor: str
    awaits: bool = False
    enters: bool = False
    iterates: bool = False
    methods: frozenset[str] = frozenset()
    plain: frozenset[str] = frozenset()
    arguments: frozenset[str] | None = None


_UNBOUND: Final = (3, 10)
"""The first Python whose locks and queues may be created before the event loop runs."""

REPLACEMENTS: Final = {
    SLEEP: Replacement(),
    THREAD: Replacement(since=(3, 9)),
    "asyncio.create_subprocess_exec": Replacement(),
    "asyncio.Lock": Replacement(since=_UNBOUND),
    "asyncio.Semaphore": Replacement(since=_UNBOUND),
    "asyncio.BoundedSemaphore": Replacement(since=_UNBOUND),
    "asyncio.Condition": Replacement(since=_UNBOUND),
    "asyncio.Event": Replacement(since=_UNBOUND),
    "asyncio.Queue": Replacement(since=_UNBOUND),
    "asyncio.LifoQueue": Replacement(since=_UNBOUND),
    "asyncio.PriorityQueue": Replacement(since=_UNBOUND),
    "aiofiles.open": Replacement("aiofiles", "aiofiles"),
    "anyio.open_file": Replacement("anyio", "anyio"),
    "httpx.AsyncClient": Replacement("httpx", "httpx"),
}
"""All replacements by id."""


_ACQUIRED = {"methods": WAITING["threading.Lock"], "enters": True}
_QUEUE = {
    "methods": WAITING["queue.Queue"],
    "plain": frozenset({"task_done", "qsize", "empty", "full"}),
    "arguments": frozenset({"maxsize"}),
}
_SEMAPHORE = {**_ACQUIRED, "plain": frozenset({"release"}), "arguments": frozenset({"value"})}


def _file(replacement: str, *, awaits: bool) -> Swap:
    return Swap(
        replacement,
        replacement,
        awaits=awaits,
        enters=True,
        iterates=True,
        methods=FILE_METHODS - ({"close", "readall"} if awaits else frozenset()),
        plain=frozenset({"name", "mode", "closed"}),
    )


SWAPS: Final[dict[str, tuple[Swap, ...]]] = {
    "threading.Lock": (
        Swap("asyncio.Lock", "asyncio.Lock", **_ACQUIRED, plain=frozenset({"release", "locked"})),  # type: ignore[arg-type]  # one dict of several types
    ),
    "threading.Semaphore": (Swap("asyncio.Semaphore", "asyncio.Semaphore", **_SEMAPHORE),),  # type: ignore[arg-type]  # one dict of several types
    "threading.BoundedSemaphore": (
        Swap("asyncio.BoundedSemaphore", "asyncio.BoundedSemaphore", **_SEMAPHORE),  # type: ignore[arg-type]  # one dict of several types
    ),
    "threading.Condition": (
        Swap(
            "asyncio.Condition",
            "asyncio.Condition",
            enters=True,
            methods=WAITING["threading.Condition"],
            plain=frozenset({"release", "notify", "notify_all"}),
            arguments=frozenset(),
        ),
    ),
    "threading.Event": (
        Swap(
            "asyncio.Event",
            "asyncio.Event",
            methods=WAITING["threading.Event"],
            plain=frozenset({"set", "clear", "is_set"}),
        ),
    ),
    "queue.Queue": (Swap("asyncio.Queue", "asyncio.Queue", **_QUEUE),),  # type: ignore[arg-type]  # one dict of several types
    "queue.LifoQueue": (Swap("asyncio.LifoQueue", "asyncio.LifoQueue", **_QUEUE),),  # type: ignore[arg-type]  # one dict of several types
    "queue.PriorityQueue": (Swap("asyncio.PriorityQueue", "asyncio.PriorityQueue", **_QUEUE),),  # type: ignore[arg-type]  # one dict of several types
    "builtins.open": (_file("aiofiles.open", awaits=False), _file("anyio.open_file", awaits=True)),
    "subprocess.Popen": (
        Swap(
            "asyncio.create_subprocess_exec",
            "asyncio.create_subprocess_exec",
            awaits=True,
            methods=WAITING["subprocess.Popen"],
            plain=frozenset({"pid", "returncode", "kill", "terminate", "send_signal"}),
            arguments=frozenset({"stdin", "stdout", "stderr", "cwd", "env"}),
        ),
    ),
    "requests.Session": (
        Swap(
            "httpx.AsyncClient",
            "httpx.AsyncClient",
            enters=True,
            methods=HTTP_METHODS,
            arguments=frozenset(),
        ),
    ),
}
"""The possible new objects by the constructor of the old one, the best first."""

CLIENT_TIMEOUT: Final = "httpx.Timeout"
"""The value that makes an httpx client wait as long as requests does, if its argument is None.

ruff and bandit report ``timeout=None`` as a forgotten timeout.
"""

HTTP_ARGUMENTS: Final = frozenset({"url", "params", "headers", "json", "auth", "timeout"})
"""The arguments that mean the same to requests and httpx."""

HTTP_BODIES: Final = frozenset({"post", "put", "patch"})
"""The methods with which httpx sends a body."""

RESPONSE_ATTRIBUTES: Final = frozenset(
    {"status_code", "text", "content", "json", "headers", "raise_for_status"}
)
"""The attributes that responses of requests and httpx share."""

WITHOUT_ARGUMENTS: Final = frozenset({"acquire", "wait"})
"""Methods of threading's objects with arguments (``timeout``) that asyncio's do not have."""

OFFERS: Final[dict[str, tuple[str, ...]]] = {
    **dict.fromkeys((*LAZY, *IN_ANY_THREAD), (THREAD,)),
    "time.sleep": (SLEEP, THREAD),
    "builtins.open": ("aiofiles.open", "anyio.open_file", THREAD),
    **{f"requests.Session.{name}": ("httpx.AsyncClient", THREAD) for name in HTTP_METHODS},
    "subprocess.Popen": ("asyncio.create_subprocess_exec", THREAD),
    **{
        f"{made}.{method}": (swap.replacement, *[THREAD] * made.startswith("sub"))
        for made, swaps in SWAPS.items()
        if made.startswith(("threading.", "queue.", "subprocess."))
        for swap in swaps
        for method in swap.methods
    },
}
"""The ids of possible replacements by the name of the called function, the best first.

``asyncio.to_thread`` is listed only if the call may run in any thread and does its work there. For
a lazy call, the thread must also make a ``list`` of the result.
"""

WITH_IN_THREAD: Final = frozenset(
    {"io.open", "codecs.open", "gzip.open", "bz2.open", "lzma.open", "pathlib.Path.open"}
    | {"builtins.open", "subprocess.Popen", "urllib.request.urlopen", "os.scandir"}
    | {"zipfile.ZipFile", "tarfile.open", "smtplib.SMTP", "smtplib.SMTP_SSL", "ftplib.FTP"}
    | {"concurrent.futures.ThreadPoolExecutor", "socket.create_connection"}
    | {"requests.Session", "requests.session", "tempfile.TemporaryDirectory"}
    | {"tempfile.TemporaryFile", "tempfile.NamedTemporaryFile"}
    | {f"requests.{name}" for name in (*HTTP_METHODS, "request")}
)
"""Context managers that a thread may run with a whole block; they suppress no errors."""

ASYNC_COUNTERPARTS: Final = {
    "__enter__": "__aenter__",
    "__exit__": "__aexit__",
    "__iter__": "__aiter__",
    "__next__": "__anext__",
}
"""Special methods that have an asynchronous form."""

ENTERED: Final = {"with": ("__enter__", "__exit__"), "for": ("__iter__", "__next__")}
"""The special methods in ``ASYNC_COUNTERPARTS`` by the statement that calls them."""

_SPECIAL = (
    "__aenter__ __aexit__ __aiter__ __anext__ __await__ __bytes__ __call__ __complex__ __copy__"
    " __deepcopy__ __del__ __enter__ __exit__ __fspath__ __getattr__ __getinitargs__"
    " __getnewargs_ex__ __imatmul__ __instancecheck__ __length_hint__ __matmul__ __missing__"
    " __mro_entries__ __next__ __post_init__ __prepare__ __rmatmul__ __set_name__ __setstate__"
    " __subclasscheck__"
)
SPECIAL_NAMES: Final = frozenset(
    name
    for kind in (object, type, int, float, str, bytes, list, dict, set, property, BaseException)
    for name in dir(kind)
).union(_SPECIAL.split())
"""The names of methods that Python or its standard library calls."""

PAIRS: Final = {
    "__enter__": "__exit__",
    "__exit__": "__enter__",
    "__iter__": "__next__",
    "__next__": "__iter__",
}
"""For a special method: the special method that is converted together with it."""

DECORATORS: Final = frozenset(
    {"builtins.staticmethod", "builtins.classmethod", "abc.abstractmethod", "typing.override"}
    | {"typing.overload", "typing_extensions.overload"}
    | {"typing.final", "typing_extensions.override", "contextlib.contextmanager"}
    | {"typing.no_type_check"}
)
"""Decorators that have the same effect on a coroutine function as on a function."""

ASYNC_NAMES: Final = {
    "contextlib.contextmanager": "contextlib.asynccontextmanager",
    **{
        f"{module}.{name}": f"{module}.Async{name}"
        for module in ("typing", "collections.abc")
        for name in ("Iterator", "Iterable", "Generator")
    },
}
"""Names of generator and context manager types, and of their asynchronous forms."""

MODULES: Final = frozenset({each.module for each in REPLACEMENTS.values()} | {"contextlib"})
"""The modules that a conversion may import."""

NOTES: Final = {
    "requests.Session": "where tasks overlap, several threads use a requests.Session at once,"
    " which requests does not promise to work"
}
"""What users must know about objects that threads use, by their constructor."""

REMOVABLE: Final = frozenset(
    {"time", "threading", "queue", "subprocess", "requests", "contextlib", "typing"}
    | {"collections.abc", "builtins"}
)
"""The modules whose unused import may be removed, because importing them has no effect."""

PRAGMA: Final = re.compile(r"#\s*(?:noqa|nosec|type:|pyright:|pylint:|isort:|pragma:|fmt:)")
"""A comment for a tool; it is removed with the import before it."""

_RUNNER_NAMES = frozenset(
    f"{when}_{what}"
    for when in ("setup", "teardown")
    for what in ("method", "class", "module", "function")
) | {"setUpModule", "tearDownModule", "load_tests"}


def is_for_runner(name: str) -> bool:
    """Return whether a test runner calls functions with this name."""
    return name.startswith(("test_", "pytest_")) or name in _RUNNER_NAMES


def is_plain_decorator(names: Names, decorator: ast.expr) -> bool:
    """Return whether a decorator has the same effect on a coroutine function as on a function."""
    return names.dotted(decorator) in DECORATORS or passes_on(names, decorator)
