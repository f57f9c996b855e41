"""Infers types from the names of methods and parameters."""

from __future__ import annotations

import re
from typing import Final

_WORDS: Final = {
    "str": """
        charset cls_name codec comment description domain encoding
        field_name fmt filename format host hostname html
        identifier errors extension label lang language locale media_type method
        method_name mode module_name msg name package path_format pattern phrase
        prefix project_name prompt query_string reason scheme sep separator string subtype suffix
        text title topic url_path word
        """,
    "int": """
        backlog batch_size bufsize chunk_size col column count depth end_line height
        idx indent index level limit line_no line_number lineno max_size maxsize n nbytes
        num offset pid port position precision retries size start_line status_code width year
        month day hour minute
        """,
    "bool": """
        ascii atomic check debug deprecated dry_run echo err flag follow force hidden
        ignore_case inplace overwrite quiet raise_exceptions recursive required reverse silent
        strict verbose warn
        """,
    "float": "delay duration interval seconds timestamp ttl",
    "bytes": "chunk raw_bytes",
    "Exception": "exc",
    "logging.LogRecord": "record",
    "FrameType": "frame",
    "TracebackType | None": "tb traceback",
    "type[BaseException] | None": "exc_type",
    "BaseException | None": "exc_value exc_val",
}

_NAMES: Final = {name: type_ for type_, names in _WORDS.items() for name in names.split()}

_PATTERNS: Final = (
    (
        re.compile(r"(is|has|should|use|allow|enable|disable|with|force)_\w+"),
        "bool",
    ),
    (re.compile(r"(num|n|max|min)_\w+|\w+_(count|size|index|idx|id_num|width|len|length)"), "int"),
    (
        re.compile(
            r"\w+_(name|str|string|text|title|label|prefix|suffix|encoding|url|message|char|sep|template|extension|path_format)"
        ),
        "str",
    ),
    (re.compile(r"\w+_(seconds|secs|delay|interval)"), "float"),
)

IMPORTS: Final = {
    "logging.LogRecord": (("logging", "LogRecord"),),
    "FrameType": (("types", "FrameType"),),
    "TracebackType | None": (("types", "TracebackType"),),
}
"""The imports that these types need, except from typing, as pairs of a module and a name."""

_RETURNS: Final = {
    "None": """
        __init__ __del__ __setattr__ __delattr__ __setitem__ __delitem__ __set__ __delete__
        __set_name__ __init_subclass__ __setstate__ __post_init__
        """,
    "bool": "__eq__ __ne__ __lt__ __le__ __gt__ __ge__ __bool__ __contains__ __instancecheck__ "
    "__subclasscheck__",
    "int": "__hash__ __len__ __int__ __index__ __sizeof__ __length_hint__",
    "str": "__str__ __repr__ __format__",
    "bytes": "__bytes__",
    "float": "__float__",
    "complex": "__complex__",
}

DUNDER_RETURNS: Final = {name: type_ for type_, names in _RETURNS.items() for name in names.split()}
"""The return types of special methods."""

_EXIT: Final = ("type[BaseException] | None", "BaseException | None", "TracebackType | None")

DUNDER_PARAMETERS: Final = {
    "__eq__": ("object",),
    "__ne__": ("object",),
    "__getattr__": ("str",),
    "__getattribute__": ("str",),
    "__delattr__": ("str",),
    "__setattr__": ("str", "Any"),
    "__format__": ("str",),
    "__exit__": _EXIT,
    "__aexit__": _EXIT,
    "__contains__": ("object",),
    "__set_name__": ("type", "str"),
    "__instancecheck__": ("object",),
    "__subclasscheck__": ("type",),
}
"""The types of special methods' parameters, by position."""

_PREDICATE: Final = re.compile(
    r"_*(is|has|can|should|supports|contains|matches)_\w+"
    r"|is(abs|alnum|alpha|ascii|atty|decimal|digit|dir|empty|file|finite|inf|link|lower|nan|numeric"
    r"|open|space|subset|superset|title|upper)"
)


def by_parameter(name: str) -> str | None:
    """Return the type that a parameter's name suggests, or None."""
    plain = name.strip("_")
    if plain in _NAMES:
        return _NAMES[plain]
    return next((type_ for pattern, type_ in _PATTERNS if pattern.fullmatch(plain)), None)


def is_predicate(name: str) -> bool:
    """Return whether a function's name suggests that it returns a bool."""
    return _PREDICATE.fullmatch(name) is not None
