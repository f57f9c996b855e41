"""The questions to a model about one text, made in the rewrites' worker."""

from __future__ import annotations

import ast
import json
from functools import cached_property
from typing import TYPE_CHECKING, Final

from python_expert.actions.base import Unanswered
from python_expert.actions.questions.forms import Question
from python_expert.actions.questions.parts import Part, UnaskableError, fitting
from python_expert.actions.questions.prompts import fence, prompt, task
from python_expert.actions.questions.signatures import Signatures
from python_expert.actions.questions.tokens import tokens
from python_expert.analysis.nodes import TRIES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from python_expert.actions.base import Action, Options
    from python_expert.analysis.source import Source

MOST_BESIDE: Final = 1_500
"""The most tokens of a request beyond the definition's own code, by our own estimate."""

MOST_OF_FILE: Final = 350
"""The most tokens of the facts about the file."""

LONGEST: Final = 6_000
"""The most tokens of a definition that is sent."""

_LONGEST_OPENING = 120


class Questions:
    """Creates the questions of one rewrite about one text.

    Args:
        source: The text.
        action: The rewrite.
        options: The context of the rewrite.
    """

    def __init__(self, source: Source, action: Action, options: Options) -> None:
        self._source, self._action = source, action
        self._options = action.settle(source, options)
        self._signatures = Signatures(source, options)

    @cached_property
    def brief(self) -> str:
        """The part that all questions share: the task and facts about the file."""
        python = ".".join(map(str, self._options.python))
        values = {"style": self._options.style.capitalize(), "python": python}
        texts = [prompt("expert"), task(self._action, **values), prompt("file", **values)]
        return "\n\n".join([*texts, *fitting(self._about_file(), MOST_OF_FILE)])

    def about(self, key: str) -> Question | Unanswered:
        """Return the question about one definition, or the reason why there is none."""
        definition = self._source.definition(key)
        if definition is None:
            return Unanswered("there is no such function or class")
        try:
            wanted = self._action.question(
                self._source, definition, self._options, self._signatures
            )
        except UnaskableError as error:
            return Unanswered(str(error))
        length = tokens(wanted.code)
        if length > LONGEST:
            return Unanswered(
                f"it is too long for a model (some {length:,} tokens, at most {LONGEST:,}): "
                "split it first, or use the offline provider"
            )
        code = fence(wanted.code, "python")
        text = prompt("question", key=key, code=code, asked=wanted.asked.text)
        left = MOST_BESIDE - self._always - (tokens(text) - length)
        text = "\n\n".join([text, *fitting(wanted.more, left)])
        return Question(key, text, wanted.calls, isinstance(definition.node, ast.ClassDef))

    @cached_property
    def _always(self) -> int:
        """The tokens that every request contains."""
        return tokens(self.brief) + tokens(json.dumps(self._action.form))

    def _about_file(self) -> Iterator[Part]:
        source = self._source
        packages = ", ".join(self._signatures.neighbours.packages)
        yield Part("Packages in use", (packages,) if packages else (), is_code=False)
        if opening := (ast.get_docstring(source.tree) or "").partition("\n")[0]:
            # The value is written as a literal, so that secrets in it are found.
            yield Part("Module docstring, from its beginning", (repr(opening[:_LONGEST_OPENING]),))
        imports = _imports(source.tree.body)
        yield Part("Imports", tuple(source.slice(source.range(each)) for each in imports))
        yield from self._action.about_file(source)


def _imports(body: list[ast.stmt]) -> Iterator[ast.stmt]:
    """Yield the imports of a module, those under conditions included."""
    for node in body:
        if isinstance(node, ast.Import | ast.ImportFrom):
            yield node
        elif isinstance(node, (ast.If, *TRIES)):
            handlers = [] if isinstance(node, ast.If) else node.handlers
            for block in (node.body, *(each.body for each in handlers), node.orelse):
                yield from _imports(block)
