"""The schema of proposals for one docstring: plain text, never code."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field


class DocstringFacts(BaseModel):
    """The text of one docstring; layout, names and sections come from the code.

    Attributes:
        summary: One short sentence in the imperative; for classes and properties a noun phrase.
        details: What else a user must know, if anything; paragraphs are separated by blank lines.
        args: The meaning of each parameter, by its name without stars.
        returns: The returned value.
        yields: The yielded values.
        raises: When each exception is raised, by its name as written in the code.
        attributes: The meaning of each class attribute, by its name.
        why_none: The reason why the engine proposes no text, or empty.
    """

    model_config = ConfigDict(extra="ignore")

    summary: str = Field(description="One sentence of at most 60 characters, ending in a period.")
    details: str = ""
    args: dict[str, str] = {}
    returns: str = ""
    yields: str = ""
    raises: dict[str, str] = {}
    attributes: dict[str, str] = {}
    why_none: str = ""
