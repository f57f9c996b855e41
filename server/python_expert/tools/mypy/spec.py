"""The specification of mypy."""

from __future__ import annotations

import re

from python_expert.config.tool_spec import CodeArguments, ConfigSearch, ToolSpec
from python_expert.diagnostics.deduplication import MergeRules
from python_expert.diagnostics.finding import ToolName

DUPLICATES = {
    "": "F701 F702 F704 invalid-syntax",  # errors that stop mypy have no code
    "attr-defined": "F407",
    "await-not-async": "PLE1142",
    "ignore-without-code": "PGH003",
    "name-defined": "F821",
    "no-redef": "F811",
    "no-untyped-def": "ANN001 ANN002 ANN003 ANN201 ANN202 ANN204 ANN205 ANN206",
    "return-value": "PLE0101",
    "str-format": ("F501 F502 F505 F506 F507 F508 F509 F521 F522 F523 F524 F525 PLE1300 PLE1307"),
    "syntax": "F407 PLE1142 invalid-syntax",  # F407 from Python 3.14 on, see attr-defined
    "top-level-await": "F704 PLE1142",
    "used-before-def": "F821 F823",
    "valid-type": "F722",
}
"""The codes of mypy, with the rules of ruff that report the same problem."""

MISC_DUPLICATES = {
    '"return" outside function': "F706",
    "Assertion is always true": "F631",
    "Duplicate base class": "PLE0241",
    "Exception must be derived from BaseException": "B016 F901",
    "Exception type must be derived from BaseException": "B030",
    "Method must have at least one argument": "PLE0211",
    "No binding for nonlocal": "PLE0117",
    "String argument 1": "PLC0132",
    "Too many arguments for property": "PLR0206",
    "Trying to assign name": "PLE0237",
    "Two starred expressions in assignment": "F622",
    "Type of __all__ must be": "PLE0605",
}
"""The start of mypy's messages under its code ``misc``, with the rules of ruff that report the same
problem."""

MYPY = ToolName("mypy", "Mypy")

SPEC = ToolSpec(
    MYPY,
    home="https://mypy.readthedocs.io/",
    rule_page="https://mypy.readthedocs.io/en/stable/_refs.html#code-{}",
    module=True,
    versions=((2, 0), (3, 0)),
    config=ConfigSearch(
        ("mypy.ini", ".mypy.ini", "pyproject.toml", "setup.cfg"),
        user=("{config}/mypy/config", "~/.mypy.ini"),
        in_repository=True,
        names_code=True,
    ),
    rules=CodeArguments(re.compile(r"[a-z][a-z-]+"), "--enable-error-code", together=False),
    merging=MergeRules(
        "ruff",
        DUPLICATES,
        messages={"misc": MISC_DUPLICATES},
        # Each tool reports a syntax error at a different place.
        anywhere={"syntax": "invalid-syntax"},
        heads=True,
    ),
    python_key="python_version",
    # Findings about code without type hints.
    optional=frozenset({"no-untyped-call", "no-untyped-def", "untyped-decorator"}),
    optional_about="missing type hints",
)
