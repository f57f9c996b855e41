"""The source of mypy's types in a file, with the file's names or with imports."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from mypy.nodes import FuncDef, MypyFile, TypeInfo, Var
from mypy.types import (
    AnyType,
    CallableType,
    FunctionLike,
    Instance,
    LiteralType,
    NoneType,
    TupleType,
    TypeAliasType,
    TypedDictType,
    TypeOfAny,
    TypeType,
    TypeVarType,
    UninhabitedType,
    UnionType,
    get_proper_type,
)

from .aliases import Aliases
from .joining import union_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from mypy.types import ProperType, Type

Import = tuple[str, str]
"""A module, and a name that is imported from it."""

VIEWS: Final = {
    "_collections_abc.dict_keys": ("KeysView", slice(0, 1)),
    "_collections_abc.dict_values": ("ValuesView", slice(1, 2)),
    "_collections_abc.dict_items": ("ItemsView", slice(0, 2)),
}
"""Private classes, the public classes that they implement, and the type arguments of these."""

MOST_MEMBERS: Final = 5
"""The maximum number of members of a union; for more, a person would write an alias."""


class Spelled(NamedTuple):
    """The source of a type in a file.

    Attributes:
        text: The source.
        imports: The imports that it needs and the file lacks.
    """

    text: str
    imports: tuple[Import, ...] = ()


class CannotSpellError(Exception):
    """A type has no name that a file can use, or is partly unknown."""


class Spelling:
    """Writes types for one file.

    Args:
        tree: The file.
        modules: All modules that mypy has read.

    Attributes:
        aliases: The file's own names for types.
        joins: Types that are not written as type arguments; see ``joined_items``.
    """

    def __init__(self, tree: MypyFile, modules: Mapping[str, MypyFile]) -> None:
        self._tree, self._modules = tree, modules
        self._package = tree.fullname.partition(".")[0]
        self.joins: set[Type] = set()
        self.aliases = Aliases(tree)
        self._local: dict[str, str] = {}
        for name, symbol in tree.names.items():
            if symbol.node and not isinstance(symbol.node, MypyFile | Var):
                self._local.setdefault(symbol.node.fullname, name)

    def spell(self, type_: Type, owner: FuncDef | TypeInfo | None = None) -> Spelled:
        """Write a type.

        Args:
            type_: The type.
            owner: The function or class whose type parameters may be used.

        Raises:
            CannotSpellError: It cannot be written, or is partly unknown to mypy.
        """
        imports: dict[Import, None] = {}
        text = _TypeWriter(self, owner, imports).write(type_)
        return Spelled(text, tuple(imports))

    def spell_union(
        self, types: Sequence[Type], owner: FuncDef | TypeInfo | None = None
    ) -> Spelled:
        """Write the union of types; see `spell`."""
        union = union_of(types)
        if not self.aliases.are_in(union):
            union = union_of(types, self._package)
        return self.spell(union, owner)

    def is_ours(self, full: str) -> bool:
        """Return whether a name is defined in the file's own package."""
        return full.partition(".")[0] == self._package

    def name(self, full: str, imports: dict[Import, None]) -> str:
        """Return a name as the file spells it; a missing import is added to `imports`.

        Raises:
            CannotSpellError: It has no name that another file may use.
        """
        module, _, rest = full.rpartition(".")
        while module and module not in self._modules:
            module, _, last = module.rpartition(".")
            rest = f"{last}.{rest}"
        first, _, inner = rest.partition(".")
        tail = f".{inner}" if inner else ""
        if "@" in full or not module:
            raise CannotSpellError(full)
        if module == "builtins" and first.startswith("_"):
            raise CannotSpellError(full)
        if module == "builtins" and not first.islower():
            return rest
        if local := self._local.get(f"{module}.{first}"):
            return local + tail
        if module == "builtins":
            if first in {"function", "ellipsis"} or first.startswith("_"):
                raise CannotSpellError(full)
            return rest
        if module == self._tree.fullname:
            raise CannotSpellError(full)
        home = module if module.partition(".")[0] == self._package else self._home(module, first)
        imports[home, first] = None
        return rest

    def _home(self, module: str, name: str) -> str:
        """Return the public module that exports a name.

        Raises:
            CannotSpellError: There is none.
        """
        symbol = self._modules[module].names.get(name)
        parts = module.split(".")
        shorter = [".".join(parts[:end]) for end in range(1, len(parts) + 1)]
        for each in (*shorter, module.lstrip("_")):
            known = self._modules.get(each)
            there = known and known.names.get(name)
            public = not any(part.startswith("_") for part in (*each.split("."), name))
            if public and there and symbol and there.node is symbol.node and there.module_public:
                return each
        raise CannotSpellError(f"{module}.{name}")


class _TypeWriter:
    def __init__(
        self,
        names: Spelling,
        owner: FuncDef | TypeInfo | None,
        imports: dict[Import, None],
    ) -> None:
        self._names, self._imports = names, imports
        outer = owner.info if isinstance(owner, FuncDef) else None
        self._owners = [each for each in (owner, outer) if each]

    def write(self, type_: Type) -> str:
        if isinstance(type_, TypeAliasType):
            return self._alias(type_)
        type_ = get_proper_type(type_)
        text = self._names.aliases.of(type_) or self._plain(type_)
        if text is None:
            raise CannotSpellError(type(type_).__name__)
        return text

    def _plain(self, type_: ProperType) -> str | None:
        text = None
        match type_:
            case NoneType():
                text = "None"
            case UnionType():
                text = self._union(type_.items)
            case TupleType():
                text = self._tuple(type_)
            case Instance():
                text = self._instance(type_)
            case LiteralType():
                text = self._literal(type_)
            case TypeType():
                text = f"type[{self.write(type_.item)}]"
            case CallableType():
                text = self._callable(type_)
        return text or self._special(type_)

    def _special(self, type_: ProperType) -> str | None:
        match type_:
            case AnyType() if type_.type_of_any is TypeOfAny.explicit:
                return self._name("typing.Any")
            case TypedDictType() if type_.fallback.type.typeddict_type is not None:
                return self._name(type_.fallback.type.fullname)
            case TypeVarType():
                return self._variable(type_)
            case UninhabitedType() if not type_.ambiguous:
                return self._name("typing.NoReturn")
        return None

    def _variable(self, type_: TypeVarType) -> str | None:
        for owner in self._owners:
            if type_.id.namespace == owner.fullname:
                node = owner.defn if isinstance(owner, TypeInfo) else owner
                declared = {each.name for each in node.type_args or ()}
                return type_.name if type_.name in declared else self._name(type_.fullname)
        return None

    def _name(self, full: str) -> str:
        return self._names.name(full, self._imports)

    def _alias(self, type_: TypeAliasType) -> str:
        assert type_.alias is not None  # noqa: S101  # nosec B101 - for the type checker
        try:
            name = self._name(type_.alias.fullname)
        except CannotSpellError:
            if type_.is_recursive:  # the target contains the type itself
                raise
            return self.write(get_proper_type(type_))
        return f"{name}[{self._all(type_.args)}]" if type_.args else name

    def _all(self, types: Iterable[Type]) -> str:
        return ", ".join(map(self.write, types))

    def _union(self, types: Sequence[Type]) -> str:
        if any(isinstance(get_proper_type(each), AnyType) for each in types):
            raise CannotSpellError("a union with Any")
        for known in self._names.aliases.within(types):
            types = [*(each for each in types if each not in known.items), known]
        values = [
            each.value_repr()
            for each in map(get_proper_type, types)
            if isinstance(each, LiteralType) and not each.is_enum_literal()
        ]
        if len(values) > 1:
            types = [each for each in types if not isinstance(get_proper_type(each), LiteralType)]
            literals = [f"{self._name('typing.Literal')}[{', '.join(values)}]"]
        else:
            literals = []
        unique = dict.fromkeys([*literals, *map(self.write, types)])
        if len(unique) > MOST_MEMBERS:
            raise CannotSpellError("a long union")
        return " | ".join(sorted(unique, key=lambda each: each == "None"))

    def _tuple(self, type_: TupleType) -> str:
        full = type_.partial_fallback.type.fullname
        if full != "builtins.tuple":
            return self._name(full)
        if not type_.items:
            raise CannotSpellError("an empty tuple")
        return f"tuple[{self._all(type_.items)}]"

    def _instance(self, type_: Instance) -> str:
        full, arguments = type_.type.fullname, type_.args
        if full in VIEWS:
            name, which = VIEWS[full]
            self._imports["collections.abc", name] = None
            return f"{name}[{self._all(arguments[which])}]"
        name = self._name(full)
        if full == "builtins.type":
            raise CannotSpellError("a class of which nothing is known")
        if full == "builtins.tuple":
            return f"tuple[{self._all(arguments)}, ...]"
        if any(get_proper_type(each) in self._names.joins for each in arguments):
            raise CannotSpellError("mypy has joined items of different types")
        if all(
            each.has_default() and each.default == argument
            for each, argument in zip(type_.type.defn.type_vars, arguments, strict=False)
        ):
            return name
        return f"{name}[{self._all(arguments)}]" if arguments else name

    def _literal(self, type_: LiteralType) -> str:
        if type_.is_enum_literal():
            return self.write(type_.fallback)
        return f"{self._name('typing.Literal')}[{type_.value_repr()}]"

    def _callable(self, type_: CallableType) -> str:
        if type_.is_type_obj():
            return f"type[{self.write(get_proper_type(type_.ret_type))}]"
        if type_.variables or isinstance(get_proper_type(type_.ret_type), FunctionLike):
            raise CannotSpellError("a generic function")
        self._imports["collections.abc", "Callable"] = None
        result = self.write(type_.ret_type)
        if type_.is_ellipsis_args:
            return f"Callable[..., {result}]"
        if any(not kind.is_positional() or kind.is_star() for kind in type_.arg_kinds):
            raise CannotSpellError("a function with named parameters")
        return f"Callable[[{self._all(type_.arg_types)}], {result}]"
