"""What may be proposed as type hints of one definition."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field

TRUST = 90
"""How far a hint is trusted if its source is not known, in percent: as often as a model's hints are
right."""


class ImportedName(BaseModel):
    """A name that a type needs.

    Attributes:
        module: The module it is imported from, with leading dots if relative.
        name: The name in that module; empty for the module itself, where types use names of it.
        alias: What it is called in the types, if that is another name.
    """

    model_config = ConfigDict(extra="forbid")

    module: str
    name: str
    alias: str | None = None


class TypeHints(BaseModel):
    """The type hints of one function, or of the attributes of one class.

    Attributes:
        params: Type expressions by parameter; ``*args`` and ``**kwargs`` by their bare names.
        returns: What the function returns, or null to leave that as it is.
        attributes: For a class, type expressions by attribute.
        imports: What the types need beyond the names of the file.
        trust: How often hints from the same source are right, in percent, by slot; `TRUST` where
            nothing is said. Where several hints could have caused a finding, the least trusted
            one is left out first.
    """

    model_config = ConfigDict(extra="forbid")

    params: dict[str, str] = Field(default_factory=dict)
    returns: str | None = None
    attributes: dict[str, str] = Field(default_factory=dict)
    imports: list[ImportedName] = Field(default_factory=list)
    trust: dict[str, int] = Field(default_factory=dict)
