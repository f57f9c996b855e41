"""The schema of proposed type hints for one definition."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field

TRUST = 90
"""How far a hint of an unknown source is trusted, in percent.

It equals how often a model's hints are right.
"""


class ImportedName(BaseModel):
    """A name that a type needs.

    Attributes:
        module: The module that it is imported from, with leading dots if relative.
        name: The name in that module; empty for the module itself if types use its attributes.
        alias: The name that the types use, if different.
    """

    model_config = ConfigDict(extra="forbid")

    module: str
    name: str
    alias: str | None = None


class TypeHints(BaseModel):
    """The type hints of one function, or of the attributes of one class.

    Attributes:
        params: Type expressions by parameter; ``*args`` and ``**kwargs`` by their bare names.
        returns: The return type, or null to leave it unchanged.
        attributes: For a class, type expressions by attribute.
        imports: The imports that the types need and the file does not have.
        trust: How often hints of the same source are right, in percent, by slot; the default is
            `TRUST`. If several hints could have caused a finding, the least trusted one is left
            out first.
    """

    model_config = ConfigDict(extra="forbid")

    params: dict[str, str] = Field(default_factory=dict)
    returns: str | None = None
    attributes: dict[str, str] = Field(default_factory=dict)
    imports: list[ImportedName] = Field(default_factory=list)
    trust: dict[str, int] = Field(default_factory=dict)
