"""Find the blocking calls of a package by mypy's types and the names of imports.

This does not use the measured resolver and worker. mypy's plugin interface gives the full name of
each called function and method, and an analysis of the imports adds the calls for which mypy has no
types.
"""

from __future__ import annotations

import ast
import hashlib
import json
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeAlias

from mypy import api
from mypy.plugin import FunctionContext, MethodContext, Plugin
from mypy.types import Instance, get_proper_type

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from mypy.types import Type

    from tests.bench.published import Published

Place: TypeAlias = tuple[int, int, int | None, int | None]
"""The first and last line and column of a call, as in `ast`."""

Places: TypeAlias = dict[str, list[Place]]
"""The calls by module, relative to the project."""

FILES: Final = (
    "read readline readlines write writelines flush seek tell truncate close read1 readinto readall"
)
_FILE_CLASSES = (
    "_io._IOBase _io._RawIOBase _io._BufferedIOBase _io._TextIOBase _io.TextIOWrapper _io.FileIO"
    " _io.BufferedReader _io.BufferedWriter _io.BufferedRandom typing.IO typing.TextIO"
    " typing.BinaryIO gzip.GzipFile bz2.BZ2File lzma.LZMAFile"
)
_REQUESTS = "get post put patch delete head options request"
_SQL = "execute executemany executescript"
_GET_PUT = "get put join"
_QUEUE: Final = {f"queue.{kind}": _GET_PUT for kind in ("Queue", "LifoQueue", "PriorityQueue")}
TABLE: Final = {
    "builtins": "open input",
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
    "pathlib.Path": "read_text read_bytes write_text write_bytes open exists is_file is_dir"
    " is_symlink is_mount mkdir rmdir unlink rename replace touch stat lstat chmod iterdir glob"
    " rglob resolve samefile symlink_to hardlink_to owner group expanduser absolute readlink"
    " is_socket is_fifo is_block_device is_char_device cwd home walk",
    "pickle": "load dump",
    "requests": _REQUESTS,
    "requests.Session": f"{_REQUESTS} send",
    "shutil": "copy copy2 copyfile copytree copyfileobj move rmtree make_archive unpack_archive"
    " disk_usage which",
    "socket": "getaddrinfo gethostbyname gethostbyname_ex gethostbyaddr getnameinfo"
    " create_connection getfqdn",
    "socket.socket": "accept connect recv recvfrom recv_into recvfrom_into send sendall sendto",
    "subprocess": "run call check_call check_output getoutput getstatusoutput Popen",
    "subprocess.Popen": "wait communicate",
    "sqlite3": "connect",
    "sqlite3.Connection": f"{_SQL} commit rollback",
    "sqlite3.Cursor": f"{_SQL} fetchone fetchmany fetchall",
    "time": "sleep",
    "threading.Lock": "acquire",
    "threading.RLock": "acquire",
    "threading.Semaphore": "acquire",
    "threading.Condition": "acquire wait wait_for",
    "threading.Event": "wait",
    "threading.Thread": "join",
    **_QUEUE,
    "urllib.request": "urlopen urlretrieve",
    "http.client.HTTPConnection": "request getresponse",
    "zipfile": "is_zipfile",
    "tarfile": "is_tarfile",
    **dict.fromkeys(_FILE_CLASSES.split(), FILES),
}
"""The blocking functions by module or class."""

NAMES: Final = frozenset(
    f"{where}.{name}" for where, names in TABLE.items() for name in names.split()
)

_DEFINED = {
    "posixpath": "os.path",
    "ntpath": "os.path",
    "genericpath": "os.path",
    "_pickle": "pickle",
    "_socket": "socket",
    "_socket.socket": "socket.socket",
    "_sqlite3": "sqlite3",
    "requests.api": "requests",
    "requests.sessions.Session": "requests.Session",
    "_thread.lock": "threading.Lock",
    "_thread.LockType": "threading.Lock",
    "_thread.RLock": "threading.RLock",
}
"""The module for imports by the module of the definition."""

_METHODS = frozenset(name for names in TABLE.values() for name in names.split())

_IN_MEMORY = {"_io.BytesIO", "_io.StringIO", "io.BytesIO", "io.StringIO"}

_FOUND: set[tuple[str, Place]] = set()


class BlockingCalls(Plugin):
    """A mypy plugin that records the blocking calls."""

    def get_function_hook(self, fullname: str) -> Callable[[FunctionContext], Type] | None:
        """Return a hook for functions and for called classes."""
        return _note if _is_blocking(*fullname.rpartition(".")[::2]) else None

    def get_method_hook(self, fullname: str) -> Callable[[MethodContext], Type] | None:
        """Return a hook for methods, which may be inherited."""
        name = fullname.rpartition(".")[2]
        return partial(_note_method, name) if name in _METHODS else None


def plugin(version: str) -> type[Plugin]:
    """Return the plugin class; mypy calls this."""
    del version
    return BlockingCalls


def _is_blocking(where: str, name: str) -> bool:
    return f"{_DEFINED.get(where, where)}.{name}" in NAMES


def _note(context: FunctionContext | MethodContext) -> Type:
    node = context.context
    place = node.line, node.column, node.end_line, node.end_column
    _FOUND.add((context.api.path, place))
    return context.default_return_type


def _note_method(name: str, context: MethodContext) -> Type:
    receiver = get_proper_type(context.type)
    imported_names = receiver.type.mro if isinstance(receiver, Instance) else []
    classes = {each.fullname for each in imported_names}
    if not classes & _IN_MEMORY and any(_is_blocking(each, name) for each in classes):
        return _note(context)
    return context.default_return_type


def blocking_calls(package: Published) -> Places:
    """Return the blocking calls of a package from the cache, or find them."""
    version = hashlib.sha256(Path(__file__).read_bytes()).hexdigest()[:12]
    kept = package.root.parent / f"blocking-{version}.json"
    if not kept.exists():
        kept.write_text(json.dumps(_found(package)), encoding="utf-8")
    saved = json.loads(kept.read_text(encoding="utf-8"))
    return {module: [tuple(place) for place in places] for module, places in saved.items()}


def _found(package: Published) -> Places:
    files = [package.root / module for module in package.modules]
    config = package.root.parent / "plugin" / "mypy.ini"  # not in the project's root
    config.parent.mkdir(exist_ok=True)
    config.write_text(f"[mypy]\nplugins = {__name__}\n", encoding="utf-8")
    python = package.environment / "bin" / "python"
    _FOUND.clear()
    arguments = [f"--config-file={config}", "--cache-dir=/dev/null", "--check-untyped-defs"]
    arguments += [f"--python-executable={python}", "--ignore-missing-imports", "--no-error-summary"]
    _, errors, status = api.run([*arguments, *map(str, files)])
    if status not in {0, 1}:
        raise RuntimeError(f"mypy cannot read {package.name}: {errors}")
    found: dict[str, set[Place]] = {}
    for path, place in _FOUND:
        if Path(path) in files:
            found.setdefault(_name(package, Path(path)), set()).add(place)
    for each in files:
        found.setdefault(_name(package, each), set()).update(_imported(each))
    return {module: sorted(places) for module, places in found.items()}


def _name(package: Published, path: Path) -> str:
    return path.relative_to(package.root).as_posix()


def _imported(path: Path) -> Iterator[Place]:
    """Yield the blocking calls by the names of the module's imports."""
    tree = ast.parse(path.read_bytes())
    imported_names = {"open": "builtins.open"}
    bound = {each.name for each in ast.walk(tree) if isinstance(each, ast.FunctionDef)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            imported_names |= {each.asname: each.name for each in node.names if each.asname}
            imported_names |= {
                each.name.partition(".")[0]: "" for each in node.names if not each.asname
            }
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            imported_names |= {
                each.asname or each.name: f"{node.module}.{each.name}" for each in node.names
            }
    imported_names = {
        name: full or name for name, full in imported_names.items() if name not in bound
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            first, dot, rest = ast.unparse(node.func).partition(".")
            if first in imported_names and f"{imported_names[first]}{dot}{rest}" in NAMES:
                yield place_of(node)


def place_of(node: ast.Call) -> Place:
    """Return the place of a call."""
    return node.lineno, node.col_offset, node.end_lineno, node.end_col_offset
