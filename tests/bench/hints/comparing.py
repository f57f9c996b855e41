"""Compare added hints with the authors' hints by mypy's own notion of a subtype."""

from __future__ import annotations

import ast
import os
import re
import shutil
from collections import defaultdict
from contextlib import chdir
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

from mypy.build import build
from mypy.main import process_options
from mypy.nodes import FuncDef
from mypy.subtypes import is_proper_subtype, is_same_type, is_subtype
from mypy.types import (
    AnyType,
    CallableType,
    Instance,
    TupleType,
    Type,
    TypedDictType,
    TypeOfAny,
    TypeType,
    TypeVarType,
    UnionType,
    get_proper_type,
)

from python_expert.analysis.nodes import arguments
from python_expert.analysis.source import Definition, Source
from python_expert.text.document import Edit
from python_expert.tools.mypy.mypy_worker.flow import functions
from tests.bench.hints import writing
from tests.bench.hints.corpus import Corpus, Spot, modules

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

PROBE = "_compared_"
"""The prefix of the names of functions that have both hints of a place."""

_GUARDS = re.compile(r"\b(TypeGuard|TypeIs|Unpack|args|kwargs)\b")
"""Hints that are not types of values, and those of ``*args: P.args``."""


_ANY = {"Any", "typing.Any", "t.Any"}
_OVERRIDDEN = re.compile(r'of "(\w+)" incompatible')

_ERRORS = {TypeOfAny.from_error, TypeOfAny.from_unimported_type}


class Relation(StrEnum):
    """How an added hint relates to the author's."""

    EQUAL = "equal"
    WIDER = "wider"
    NARROWER = "narrower"
    OTHER = "other"
    FALSE = "false"
    UNKNOWN = "unknown"


class Compared(NamedTuple):
    """An added hint beside the author's.

    Attributes:
        spot: The place.
        ours: The added hint.
        theirs: The author's hint.
        relation: How ours relates to theirs.
    """

    spot: Spot
    ours: str
    theirs: str
    relation: Relation

    @property
    def is_result(self) -> bool:
        """Whether it is a return type."""
        return self.spot.name == "return"

    @property
    def is_wrong(self) -> bool:
        """Whether the hint excludes values that the author allows, or claims a false result."""
        bad = Relation.FALSE if self.is_result else Relation.NARROWER
        return self.relation in {Relation.OTHER, bad}


def compare(corpus: Corpus, after: Path, work: Path) -> list[Compared]:
    """Compare the hints added in a folder with the authors' hints.

    Args:
        corpus: The packages.
        after: The folder of the packages with added hints.
        work: A folder for the texts that mypy checks.
    """
    places: list[tuple[Spot, str, str]] = []
    for folder in ("probes", "theirs", "narrow"):
        shutil.rmtree(work / folder, ignore_errors=True)
        shutil.copytree(corpus.stripped, work / folder)
    for module in modules(corpus.stripped):
        original = _read(corpus.original / module)
        (work / "theirs" / module).write_text(original.text, encoding="utf-8")
        written, bare = _read(after / module), _read(corpus.stripped / module)
        pairs = [(spot, ours, theirs) for spot, ours, theirs in _pairs(original, written, module)]
        text = _with_probes(original, pairs, len(places)) + _new_imports(bare, written)
        (work / "probes" / module).write_text(text, encoding="utf-8")
        places += pairs
    relations = dict(_relations(corpus, work / "probes"))
    found = [
        Compared(spot, ours, theirs, _relation(relations.get(at)))
        for at, (spot, ours, theirs) in enumerate(places)
    ]
    false = _false_results(corpus, found, after, work)
    return [
        each._replace(relation=Relation.FALSE) if each.spot in false else each for each in found
    ]


def _read(path: Path) -> Source:
    return Source.of(path.read_text(encoding="utf-8"))


def _pairs(original: Source, written: Source, module: str) -> Iterator[tuple[Spot, str, str]]:
    """Yield the places with an author's hint and an added one, as written in the texts."""
    ours = {place: text for place, text in _hints(written) if text not in _ANY}
    for (key, name), text in _hints(original):
        if name == "return" and text in _ANY:
            continue
        if (key, name) in ours and not _GUARDS.search(text):
            yield Spot(module, key, name), ours[key, name], text


def _hints(source: Source) -> Iterator[tuple[tuple[str, str], str]]:
    for each in source.definitions:
        if isinstance(each.node, ast.ClassDef) or "overload" in _decorators(each):
            continue
        hints = {arg.arg: arg.annotation for arg in arguments(each.node)}
        for name, hint in {**hints, "return": each.node.returns}.items():
            if hint is not None:
                yield (each.key, name), ast.unparse(hint)


def _decorators(definition: Definition) -> str:
    return " ".join(map(ast.unparse, definition.node.decorator_list))


def _with_probes(source: Source, pairs: Iterable[tuple[Spot, str, str]], first: int) -> str:
    """Return a text with one function per place, whose two parameters have the two hints."""
    lines: dict[int, list[str]] = defaultdict(list)
    for at, (spot, ours, theirs) in enumerate(pairs, first):
        definition = source.definition(spot.key)
        assert definition is not None
        owner = definition.parents[-1] if definition.parents else None
        node = definition.node
        start = min([node.lineno, *(each.lineno for each in node.decorator_list)])
        indent, line = node.col_offset, start - 1
        if owner is None:
            indent, line = 0, len(source.lines)
        elif isinstance(owner, ast.ClassDef):
            indent, line = owner.body[0].col_offset, owner.end_lineno or 0
        own = "self, " if isinstance(owner, ast.ClassDef) else ""
        probe = f"def {PROBE}{at}({own}theirs: {theirs}, ours: {ours}) -> None: ..."
        lines[line].append(" " * indent + probe)
    found: list[str] = []
    for number, code in enumerate(source.lines, 1):
        inner_first = sorted(lines[number], key=lambda each: each.find(PROBE), reverse=True)
        found += [code.rstrip("\n"), *inner_first]
    return "\n".join(found) + "\n"


def _new_imports(before: Source, after: Source) -> str:
    """Return the imports of a text that another one lacks."""
    known = {ast.unparse(each) for each in before.nodes if isinstance(each, ast.Import)}
    had = set(_imported(before))
    new = [
        ast.unparse(each)
        for each in after.nodes
        if isinstance(each, ast.Import) and ast.unparse(each) not in known
    ]
    for module, name in _imported(after):
        if (module, name) not in had:
            new.append(f"from {module} import {name}")
    return "".join(f"{each}\n" for each in new)


def _imported(source: Source) -> Iterator[tuple[str, str]]:
    for node in source.nodes:
        for alias in node.names if isinstance(node, ast.ImportFrom) else ():
            assert isinstance(node, ast.ImportFrom)
            module = "." * node.level + (node.module or "")
            name = f"{alias.name} as {alias.asname}" if alias.asname else alias.name
            if module != "__future__" and name != "*":
                yield module, name


def _relations(corpus: Corpus, folder: Path) -> Iterator[tuple[int, tuple[Type, Type]]]:
    """Yield the author's type and ours by the number of the place."""
    names = sorted({module.partition("/")[0] for module in modules(folder)})
    packages = [argument for package in names for argument in ("-p", package)]
    os.environ["MYPYPATH"] = str(folder)
    with chdir(folder):
        sources, options = process_options(
            ["--python-executable", str(corpus.python), "--cache-dir", os.devnull, *packages]
        )
        options.incremental, options.preserve_asts = False, True
        result = build(sources, options)
    for module, tree in result.files.items():
        if module.partition(".")[0] in names:
            for function in functions(tree.defs):
                if function.name.startswith(PROBE) and isinstance(function, FuncDef):
                    kind = get_proper_type(function.type)
                    if isinstance(kind, CallableType):
                        at = int(function.name.removeprefix(PROBE))
                        yield at, (kind.arg_types[-2], kind.arg_types[-1])


def _relation(types: tuple[Type, Type] | None) -> Relation:
    if types is None or any(
        each.type_of_any in _ERRORS for type_ in types for each in _anys(type_)
    ):
        return Relation.UNKNOWN
    theirs, ours = types
    if is_same_type(theirs, ours) or _are_self(theirs, ours):
        return Relation.EQUAL
    if _is_object(ours) or _are_mappings(theirs, ours):
        return Relation.WIDER
    if _is_within(theirs, ours):
        return Relation.WIDER
    if _is_within(ours, theirs):
        return Relation.NARROWER
    return Relation.OTHER


def _are_self(theirs: Type, ours: Type) -> bool:
    """Return whether the author's type variable for ``self`` corresponds to our ``Self``."""
    ours = get_proper_type(ours)
    is_own = isinstance(ours, TypeVarType) and ours.id.is_self()
    return is_own and isinstance(get_proper_type(theirs), TypeVarType)


def _is_object(type_: Type) -> bool:
    plain = get_proper_type(type_)
    return isinstance(plain, Instance) and plain.type.fullname == "builtins.object"


def _are_mappings(theirs: Type, ours: Type) -> bool:
    """Return whether our hint is ``dict`` and the author's is a ``TypedDict``."""
    ours = get_proper_type(ours)
    is_dict = isinstance(ours, Instance) and ours.type.fullname == "builtins.dict"
    return is_dict and isinstance(get_proper_type(theirs), TypedDictType)


def _is_within(one: Type, other: Type) -> bool:
    """Return whether a type is a subtype of another, where ``Any`` accepts any type."""
    return is_proper_subtype(one, other) or (
        any(True for _ in _anys(other)) and is_subtype(one, other)
    )


def _anys(type_: Type) -> Iterator[AnyType]:
    """Yield every ``Any`` in a type."""
    plain = get_proper_type(type_)
    match plain:
        case AnyType():
            yield plain
        case Instance():
            parts: Iterable[Type] = plain.args
        case UnionType() | TupleType():
            parts = plain.items
        case CallableType():
            parts = [*plain.arg_types, plain.ret_type]
        case TypeType():
            parts = [plain.item]
        case _:
            parts = []
    for each in () if isinstance(plain, AnyType) else parts:
        yield from _anys(each)


def _false_results(corpus: Corpus, found: Iterable[Compared], after: Path, work: Path) -> set[Spot]:
    """Return the narrower return types that mypy contradicts in the authors' packages."""
    narrow: dict[str, dict[str, Compared]] = defaultdict(dict)
    for each in found:
        if each.spot.name == "return" and each.relation is Relation.NARROWER:
            narrow[each.spot.module][each.spot.key] = each
    lines: dict[tuple[str, int], Spot] = {}
    for module in modules(corpus.stripped):
        original = _read(corpus.original / module)
        results = {key: each.ours for key, each in narrow[module].items()}
        text = _with_results(original, results)
        needed = _new_imports(_read(corpus.stripped / module), _read(after / module))
        (work / "narrow" / module).write_text(f"{text}\n{needed}", encoding="utf-8")
        for key, each in narrow[module].items():
            if definition := Source.of(text).definition(key):
                node = definition.node
                inside = range(node.lineno - 1, node.end_lineno or 0)
                lines.update({(module, line): each.spot for line in inside})
    false: set[Spot] = set()
    before = writing.mypy(corpus, work / "theirs")
    known = {(each.module, each.code, each.message) for each in before}
    for error in writing.mypy(corpus, work / "narrow"):
        if (error.module, error.code, error.message) not in known:
            false |= {lines[at] for at in [(error.module, error.line)] if at in lines}
            overrides = _OVERRIDDEN.search(error.message) if error.code == "override" else None
            if overrides:
                spots = set(lines.values())
                false |= {each for each in spots if overrides[1] in each.key.split(".")}
    return false


def _with_results(source: Source, results: Mapping[str, str]) -> str:
    """Return a text with other return types of some functions."""
    edits = []
    for key, text in results.items():
        definition = source.definition(key)
        node = definition.node if definition else None
        if node is not None and not isinstance(node, ast.ClassDef) and node.returns is not None:
            edits.append(Edit(source.range(node.returns), text))
    return source.with_edits(sorted(edits)).text
