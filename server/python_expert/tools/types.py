"""The interface of tools that know the types in a text."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, NamedTuple, Protocol, TypeAlias, runtime_checkable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from python_expert.text.document import Document, Position

About: TypeAlias = Literal["functions", "calls"]
"""The requested information: possible hints of functions, or targets of calls and base classes."""


class KnownName(NamedTuple):
    """A name's declaration and docstring.

    Attributes:
        declaration: The declaration in Python syntax: ``def f(x: int) -> str``, ``count: int``.
        docstring: The first paragraph of its docstring, or empty.
    """

    declaration: str
    docstring: str


@runtime_checkable
class KnowsNames(Protocol):
    """A tool that knows the declarations of names."""

    async def name_at(
        self, documents: Sequence[Document], document: Document, place: Position
    ) -> KnownName | None:
        """Return the declaration of the name at a place; None if it or its type is unknown.

        Args:
            documents: All open documents of the project.
            document: The document with the place; the tool has reported on this version of it.
            place: The place.

        Raises:
            ToolError: The tool cannot do its work.
            ToolCrashError: Its process died or hung; asking again restarts it.
        """


@runtime_checkable
class KnowsTypes(Protocol):
    """A tool that knows possible type hints of functions, and the targets of calls."""

    async def types(
        self, documents: Sequence[Document], document: Document, text: str, about: About
    ) -> list[dict[str, Any]] | None:
        """Return what the tool knows about the types in a document if it had another text.

        Args:
            documents: All open documents of the project.
            document: The document whose text is replaced.
            text: The replacement text; it parses.
            about: The requested information.

        Returns:
            For ``calls``: for each call of a function from another module {range, names, sure}.
            ``range`` is the place of the call, as two pairs of a 0-based line and column. ``names``
            are the full names of the functions that it may run, in the modules that define them
            (``_pickle.load``, ``requests.sessions.Session.get``). For a method, the first name is
            that of the object's class, followed by those of the classes that define the method,
            nearest first. ``sure`` is true if the call certainly runs a method that the text does
            not define, even if the object's class lacks it; subclasses of that class do not count.
            Builtins are omitted, except methods with the name of a function of the text.
            Also for each base class from another module, if all of its bases are known, {range,
            free, unread}: the place where a class statement names it; the names of the text's
            functions that neither the class nor its bases have and that their source does not
            mention; and the full names of those of these classes that have no source.

            For ``functions``: for each function with known hints {line, name, hints}, with the
            0-based line of its ``def``; likewise for classes and their attributes, with a dot
            before the attribute's name. Each hint is {name, why, type, imports}: the parameter, or
            ``return``; the evidence; the type, in names of the text; and the imports that it needs,
            as pairs of a module and a name. A name may have several hints. None if the tool does
            not know any types.

            A function may also have ``unhinted``: its parameters that the method of a base class
            has without a hint, each with the 0-based line of that method, or -1 if the method is in
            another file.

            The evidence is one of: ``body`` (returned or yielded values), ``default`` (the default
            value) or ``default-object`` (a default that may be a marker for a missing argument),
            ``default-calls`` (the default value and the arguments of calls in the file),
            ``default-passed`` (the wider type of a parameter that it is passed on to: one with the
            same name in the package, or a ``float``), ``fallback`` (the value that replaces None),
            ``attribute`` (stored where a type is declared), ``inherited`` (the parameter with that
            name in a base class), ``inherited-result`` (the result in a base class), ``overridden``
            (all overriding methods in the file agree), ``call`` (the only call in the file),
            ``calls`` (all of the calls), ``some-calls`` (the calls with arguments of known types),
            ``passed`` (passed to a parameter that has a type), ``filled`` (values added to an
            attribute that starts as an empty container), ``use`` (only one of the file's classes
            has the attributes that are used) and ``named-use`` (such a class has the parameter's
            name).

        Raises:
            ToolError: The tool cannot do its work.
            ToolCrashError: Its process died or hung; asking again restarts it.
        """
