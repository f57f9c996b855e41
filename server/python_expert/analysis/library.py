"""Facts about the standard library and requests: what blocks, and what creates what."""

from __future__ import annotations

from typing import Final

FILE_METHODS: Final = frozenset(
    {"read", "readline", "readlines", "write", "writelines", "flush", "seek", "tell", "truncate"}
    | {"close", "read1", "readinto", "readall"}
)
"""The methods of a file that read or write it."""

HTTP_METHODS: Final = frozenset({"get", "post", "put", "patch", "delete", "head", "options"})
"""The functions of requests, and the methods of its sessions, that send a request."""

WAITING: Final = {
    "threading.Lock": frozenset({"acquire"}),
    "threading.Semaphore": frozenset({"acquire"}),
    "threading.BoundedSemaphore": frozenset({"acquire"}),
    "threading.Condition": frozenset({"acquire", "wait", "wait_for"}),
    "threading.Event": frozenset({"wait"}),
    "queue.Queue": frozenset({"get", "put", "join"}),
    "queue.LifoQueue": frozenset({"get", "put", "join"}),
    "queue.PriorityQueue": frozenset({"get", "put", "join"}),
    "subprocess.Popen": frozenset({"wait", "communicate"}),
}
"""For each call that creates an object: its methods that wait for another thread or process."""

_PATH_METHODS = (
    "read_text read_bytes write_text write_bytes open exists is_file is_dir is_symlink is_mount"
    " mkdir rmdir unlink rename replace touch stat lstat chmod resolve samefile"
    " symlink_to hardlink_to owner group expanduser absolute readlink is_socket is_fifo"
    " is_block_device is_char_device cwd home"
)
_THREAD_SAFE = {
    "builtins": "open input",
    "builtins.open": " ".join(sorted(FILE_METHODS)),
    "codecs": "open",
    "glob": "glob",
    "http.client.HTTPConnection": "request getresponse",
    "gzip": "open",
    "bz2": "open",
    "lzma": "open",
    "io": "open",
    "json": "load dump",
    "os": "listdir scandir stat lstat remove unlink rename replace rmdir mkdir makedirs"
    " removedirs link symlink readlink access chmod chown truncate system fsync waitpid wait"
    " sync popen",
    "os.path": "exists lexists isfile isdir islink ismount getsize getmtime getatime getctime"
    " realpath abspath samefile expanduser",
    "pathlib.Path": _PATH_METHODS,
    "pickle": "load dump",
    "requests": "get post put patch delete head options request",
    "requests.Session": "get post put patch delete head options request send close",
    "shutil": "copy copy2 copyfile copytree copyfileobj move rmtree make_archive unpack_archive"
    " disk_usage which",
    "socket": "getaddrinfo gethostbyname gethostbyname_ex gethostbyaddr getnameinfo"
    " create_connection getfqdn",
    "socket.socket": "accept connect recv recv_into recvfrom recvfrom_into send sendall sendto",
    "subprocess": "run call check_call check_output getoutput getstatusoutput Popen",
    "subprocess.Popen": "wait communicate",
    "time": "sleep",
    "urllib.request": "urlopen urlretrieve",
    "urllib.request.urlopen": "read readline readlines",
    "zipfile": "is_zipfile",
    "tarfile": "is_tarfile",
}

IN_ANY_THREAD: Final = frozenset(
    f"{module}.{name}" for module, names in _THREAD_SAFE.items() for name in names.split()
)
"""Blocking calls that may run in any thread."""

LAZY: Final = frozenset(
    {"os.walk", "os.fwalk", "glob.iglob"}
    | {f"pathlib.Path.{name}" for name in ("iterdir", "glob", "rglob", "walk")}
)
"""Calls whose result blocks while it is iterated over; the calls themselves hardly block."""

METHODS: Final = frozenset(
    name
    for made, names in _THREAD_SAFE.items()
    if made in {"builtins.open", "socket.socket"} or made.rpartition(".")[2][0].isupper()
    for name in names.split()
)
"""Blocking methods of objects that may be known only by their types."""

BLOCKING: Final = IN_ANY_THREAD.union(
    LAZY,
    (f"{made}.{method}" for made, methods in WAITING.items() for method in methods),
)
"""The full names of all calls that are known to block."""

_SQLITE = "a connection of sqlite3 belongs to the thread that made it"
_OTHER_THREADS = "it waits for another thread"
_SQL = ("execute", "executemany", "executescript")

STAYS: Final = {
    **dict.fromkeys(LAZY, "it reads the disk only while it is iterated"),
    "sqlite3.connect": _SQLITE,
    **{f"sqlite3.Connection.{name}": _SQLITE for name in (*_SQL, "commit", "rollback", "backup")},
    **{f"sqlite3.Cursor.{name}": _SQLITE for name in _SQL},
    **{f"sqlite3.Cursor.{name}": _SQLITE for name in ("fetchone", "fetchmany", "fetchall")},
    **{
        f"{made}.{method}": _OTHER_THREADS
        for made, methods in WAITING.items()
        for method in methods
        if made != "subprocess.Popen"
    },
    "threading.RLock.acquire": "an RLock belongs to the thread that holds it",
    "threading.Thread.join": _OTHER_THREADS,
}
"""Blocking calls, and why each is not converted if only its type is known."""

OF_ONE_THREAD: Final = frozenset({_SQLITE, STAYS["threading.RLock.acquire"]})
"""The reasons in ``STAYS`` that are about the thread that created or holds the object."""

SHARED_FILE: Final = "other functions may use the file meanwhile"
"""Why a call on a file stays on the event loop if the file is not a local variable."""

_FILES = (
    "_io._IOBase _io._RawIOBase _io._BufferedIOBase _io._TextIOBase _io.FileIO _io.TextIOWrapper"
    " _io.BufferedReader _io.BufferedWriter _io.BufferedRandom gzip.GzipFile bz2.BZ2File"
    " lzma.LZMAFile tempfile._TemporaryFileWrapper typing.IO typing.TextIO typing.BinaryIO"
)
DEFINED_AS: Final = {
    **dict.fromkeys(("posixpath", "ntpath", "genericpath"), "os.path"),
    "_pickle": "pickle",
    "_socket": "socket",
    "_socket.socket": "socket.socket",
    "_sqlite3": "sqlite3",
    "_thread.lock": "threading.Lock",
    "_thread.LockType": "threading.Lock",
    "_thread.RLock": "threading.RLock",
    "requests.api": "requests",
    "requests.sessions.Session": "requests.Session",
    **dict.fromkeys(_FILES.split(), "builtins.open"),
}
"""For the module or class that defines something: the name that our tables use for it."""

IN_MEMORY: Final = frozenset({"_io.BytesIO", "_io.StringIO", "io.BytesIO", "io.StringIO"})
"""File-like classes whose objects only exist in memory."""

KNOWN_CLASSES: Final = frozenset({"requests.Session"})
"""Classes of other packages that are also known."""

THREAD_BOUND: Final = {
    "sqlite3.connect": "a connection of sqlite3 belongs to the thread that made it",
    "threading.RLock": "an RLock belongs to the thread that holds it",
    "threading.local": "the data of threading.local belong to their thread",
    "threading.get_ident": "it depends on the thread that runs it",
    "threading.current_thread": "it depends on the thread that runs it",
    "threading.currentThread": "it depends on the thread that runs it",
    "signal.signal": "signal handlers belong to the main thread",
    "signal.pause": "signal handlers belong to the main thread",
    "signal.alarm": "signal handlers belong to the main thread",
    "os.fork": "a child process cannot go on with its parent's event loop",
    "os.forkpty": "a child process cannot go on with its parent's event loop",
    "tkinter.Tk": "tkinter belongs to the thread that made its window",
}
"""Calls that are bound to a thread, and why they are not converted."""

MADE_BY: Final = {
    "pathlib.Path.open": "builtins.open",
    "io.open": "builtins.open",
    "codecs.open": "builtins.open",
    "gzip.open": "builtins.open",
    "bz2.open": "builtins.open",
    "lzma.open": "builtins.open",
    "requests.session": "requests.Session",
    "requests.sessions.Session": "requests.Session",
    **dict.fromkeys(
        (
            f"pathlib.Path.{name}"
            for name in [
                "cwd",
                "home",
                "resolve",
                "absolute",
                "expanduser",
                "joinpath",
                "with_name",
                "with_suffix",
                "with_stem",
                "rename",
                "replace",
                "relative_to",
                "parent",
                "readlink",
            ]
        ),
        "pathlib.Path",
    ),
}
"""The kind of object that a call or attribute yields, if its name does not show it."""

CONSUMERS: Final = frozenset(
    f"builtins.{name}"
    for names in (
        "next iter list tuple set frozenset dict sorted reversed enumerate zip map",
        "filter sum min max any all",
    )
    for name in names.split()
)
"""Functions that iterate over their arguments."""

BY_NAME: Final = frozenset(f"builtins.{name}" for name in ("locals", "vars", "dir", "eval", "exec"))
"""Functions that may look up the local variables of their caller by name."""

FILE_ATTRIBUTES: Final = frozenset(
    {"name", "mode", "closed", "fileno", "encoding", "errors", "newlines"}
)
"""Attributes of a file that do not read or write it."""

EAGER: Final = CONSUMERS - {
    f"builtins.{name}" for name in ("iter", "reversed", "enumerate", "zip", "map", "filter", "next")
}
"""Functions that have read all of their arguments when they return."""

DUCK_TYPED: Final = frozenset(
    ["close", "write", "read", "readline", "readinto", "flush", "writelines", "seek", "keys"]
) | frozenset(["run", "emit", "acquire", "release", "send", "recv", "handle", "get", "put"])
"""Methods that the standard library calls on any object it receives."""

HARMLESS_BASES: Final = frozenset(
    {"builtins.object", "abc.ABC", "typing.Protocol", "typing.Generic", "builtins.Exception"}
    | {"requests.auth.AuthBase"}
)
"""Base classes that do not call methods of their subclasses."""

SELF_CONTAINED: Final = frozenset(
    {"collections.OrderedDict", "collections.UserDict", "collections.UserList"}
    | {"collections.defaultdict", "collections.Counter", "collections.deque"}
    | {"contextlib.AbstractContextManager", "contextlib.ContextDecorator", "threading.Thread"}
    | {"argparse.Action", "logging.Filter", "logging.Formatter", "logging.Handler"}
    | {"json.JSONDecoder", "json.JSONEncoder", "enum.Enum", "enum.IntEnum", "enum.Flag"}
    | {
        f"{module}.{name}"
        for module in ("collections.abc", "typing")
        for name in (
            *("Callable", "Collection", "Container", "Generator", "Hashable", "ItemsView"),
            *("Iterable", "Iterator", "KeysView", "Mapping", "MappingView", "MutableMapping"),
            *("MutableSequence", "MutableSet", "Reversible", "Sequence", "Set", "Sized"),
            *("ValuesView",),
        )
    }
)
"""Classes of the standard library that only call their own methods."""

AT_MAKING: Final = ("__init__", "__new__", "__post_init__")
"""Special methods that run when an object is created."""

PROCESS_WIDE: Final = frozenset(
    {"os.chdir", "os.fchdir", "os.umask", "contextlib.chdir", "locale.setlocale"}
    | {"contextlib.redirect_stdout", "contextlib.redirect_stderr", "warnings.catch_warnings"}
)
"""Calls that change something for the whole process, temporarily or permanently."""

_BUILT_IN = (str, bytes, bytearray, list, dict, set, tuple, int, float)
ANY_OBJECT: Final = frozenset(name for kind in _BUILT_IN for name in dir(kind) if name[:1] != "_")
"""Methods of built-in objects that other objects are assumed not to have."""

CACHES: Final = frozenset({"functools.cache", "functools.lru_cache"})
"""Decorators that cache a function's results, in any thread."""

CACHE_METHODS: Final = frozenset({"cache_clear", "cache_info", "cache_parameters"})
"""The methods that these decorators add to a function."""
