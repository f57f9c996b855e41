"""What may be proposed for one docstring: plain text, never code."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field


class DocstringFacts(BaseModel):
    """The words of one docstring; layout, names and sections come from the code.

    Attributes:
        summary: One short sentence in the imperative; for classes and properties a noun phrase.
        details: What else a user must know, if anything; paragraphs with a blank line between.
        args: What each parameter means, by its name without stars.
        returns: What is returned.
        yields: What is yielded.
        raises: When each exception is raised, by its name as the code spells it.
        attributes: What each class attribute means, by its name.
        unsaid: Why there are no words for a docstring, where the engine proposes none.
    """

    model_config = ConfigDict(extra="ignore")

    summary: str = Field(description="One sentence of at most 60 characters, ending in a period.")
    details: str = ""
    args: dict[str, str] = {}
    returns: str = ""
    yields: str = ""
    raises: dict[str, str] = {}
    attributes: dict[str, str] = {}
    unsaid: str = ""
