"""What a tool may know about the types of a text."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, NamedTuple, Protocol, TypeAlias, runtime_checkable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from python_expert.text.document import Document, Position

About: TypeAlias = Literal["functions", "calls"]
"""What is asked: the hints that functions could have, or what calls run and bases know."""


class KnownName(NamedTuple):
    """What a name is.

    Attributes:
        declaration: How Python would declare it: ``def f(x: int) -> str``, ``count: int``.
        docstring: The first paragraph of its docstring, or empty.
    """

    declaration: str
    docstring: str


@runtime_checkable
class KnowsNames(Protocol):
    """A tool that knows what names are."""

    async def name_at(
        self, documents: Sequence[Document], document: Document, place: Position
    ) -> KnownName | None:
        """What the name at a place is; None if its type is not known, or there is none.

        Args:
            documents: All open documents of the project.
            document: The one of them; the tool has reported on this version of it.
            place: The place.

        Raises:
            ToolError: The tool cannot do its work.
            ToolCrashError: Its process died or hung; asking again restarts it.
        """


@runtime_checkable
class KnowsTypes(Protocol):
    """A tool that knows which type hints functions could have, and what calls run."""

    async def types(
        self, documents: Sequence[Document], document: Document, text: str, about: About
    ) -> list[dict[str, Any]] | None:
        """What is known of the types of a text, were it that of a document.

        Args:
            documents: All open documents of the project.
            document: The one of them whose text is replaced.
            text: That text; it parses.
            about: What is asked.

        Returns:
            About calls: for each of what another module defines {range, names, sure}. The range is
            where the call is, as two pairs of a line and a column, from 0. The names are the full
            names of what it may run, where it is defined (``_pickle.load``,
            ``requests.sessions.Session.get``); of a method that of the object's class, then those
            of the classes that define it, nearest first. It is sure where it is a method, and none
            that the text defines, be it that the object's class lacks one; what inherits from that
            class does not count. What is built in is left out, but for methods that are called
            like a function of the text.
            And for each base class from another module of which all is known {range, free,
            unread}: where a class statement names it; of the names of the text's functions those
            that neither it nor what it inherits from has, and that their source does not mention;
            and the full names of those of these classes that have no source.

            About functions: for each function of which something is known {line, name, hints},
            with the 0-based line of its ``def``; likewise for classes and their attributes, with a
            dot before the name. Each hint is {name, why, type, imports}: the parameter, or
            ``return``; what shows it; the type, in names of the text and of what it needs
            imported, as pairs of a module and a name. There may be several hints of one name.
            None where the tool does not know any types.

            A function may have ``unhinted``, too: its parameters that a base class's method also
            has, and without a hint, each with the 0-based line of that method, or -1 if it is in
            another file.

            What shows a type: ``body`` (what is returned or yielded), ``default`` (the default
            value) or ``default-object`` (one that may be a marker for a missing argument),
            ``default-calls`` (the default value and what calls in the file give),
            ``default-passed`` (the wider type of a parameter that it is passed on to: one of the
            same name in the package, or a ``float``), ``fallback`` (what is taken where it is
            None), ``attribute`` (stored where a type is declared),
            ``inherited`` (the parameter of that name in a base class), ``inherited-result`` (what
            that says of the result), ``overridden`` (what all methods in the file that override it
            agree on), ``call`` (the only call in the file), ``calls`` (all of them),
            ``some-calls`` (those with arguments of known types), ``passed`` (given to a
            parameter that has a type), ``filled`` (what is put into an attribute that starts as
            an empty container), ``use`` (of the file's classes only one has the attributes that
            are used) and ``named-use`` (one that has them is called as the parameter is).

        Raises:
            ToolError: The tool cannot do its work.
            ToolCrashError: Its process died or hung; asking again restarts it.
        """
