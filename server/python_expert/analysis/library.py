"""What is known of the standard library, and of requests: what blocks, and what makes what."""

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
"""By what makes an object: its methods that wait for another thread or process."""

_PATH_METHODS = (
    "read_text read_bytes write_text write_bytes open exists is_file is_dir is_symlink is_mount"
    " mkdir rmdir unlink rename replace touch stat lstat chmod iterdir glob rglob resolve samefile"
    " symlink_to hardlink_to owner group expanduser absolute readlink is_socket is_fifo"
    " is_block_device is_char_device cwd home walk"
)
_THREAD_SAFE = {
    "builtins": "open input",
    "builtins.open": " ".join(sorted(FILE_METHODS)),
    "codecs": "open",
    "glob": "glob",
    "gzip": "open",
    "bz2": "open",
    "lzma": "open",
    "io": "open",
    "json": "load dump",
    "os": "listdir scandir walk stat lstat remove unlink rename replace rmdir mkdir makedirs"
    " removedirs link symlink readlink access chmod chown truncate system fsync waitpid wait"
    " sync popen",
    "os.path": "exists lexists isfile isdir islink ismount getsize getmtime getatime getctime"
    " realpath abspath samefile expanduser",
    "pathlib.Path": _PATH_METHODS,
    "pickle": "load dump",
    "requests": "get post put patch delete head options request",
    "requests.Session": "get post put patch delete head options request close",
    "shutil": "copy copy2 copyfile copytree copyfileobj move rmtree make_archive unpack_archive"
    " disk_usage which",
    "socket": "getaddrinfo gethostbyname gethostbyname_ex gethostbyaddr getnameinfo"
    " create_connection getfqdn",
    "subprocess": "run call check_call check_output getoutput getstatusoutput",
    "time": "sleep",
    "urllib.request": "urlopen urlretrieve",
    "urllib.request.urlopen": "read readline readlines",
    "zipfile": "is_zipfile",
    "tarfile": "is_tarfile",
}

IN_ANY_THREAD: Final = frozenset(
    f"{module}.{name}" for module, names in _THREAD_SAFE.items() for name in names.split()
)
"""What blocks, and may run in any thread."""

BLOCKING: Final = IN_ANY_THREAD.union(
    ["subprocess.Popen"],
    (f"{made}.{method}" for made, methods in WAITING.items() for method in methods),
)
"""The full names of all calls that are known to block."""

FOREIGN_CLASSES: Final = frozenset({"requests.Session"})
"""Classes of other packages that are known as well as those of the standard library."""

THREAD_BOUND: Final = {
    "sqlite3.connect": "a connection of sqlite3 belongs to the thread that made it",
    "threading.RLock": "an RLock belongs to the thread that holds it",
    "threading.local": "the data of threading.local belong to their thread",
    "threading.get_ident": "it asks for the thread it runs in",
    "threading.current_thread": "it asks for the thread it runs in",
    "signal.signal": "signal handlers belong to the main thread",
    "signal.pause": "signal handlers belong to the main thread",
    "signal.alarm": "signal handlers belong to the main thread",
    "os.fork": "a child process cannot go on with its parent's event loop",
    "os.forkpty": "a child process cannot go on with its parent's event loop",
    "tkinter.Tk": "tkinter belongs to the thread that made its window",
}
"""What is bound to a thread, and why it is not converted."""

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
"""What is made by a call or attribute, where its name does not say so."""

HARMLESS_BASES: Final = frozenset(
    {"builtins.object", "abc.ABC", "typing.Protocol", "typing.Generic", "builtins.Exception"}
)
"""Base classes that call none of the methods of those who inherit from them."""
