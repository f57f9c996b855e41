"""The code around a value, and the label that earlier text gives to the value."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple

from python_expert.privacy.names import Strength

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

METHODS = re.compile(
    r"(?:(?:^|(?<=.))\.(?:strip|lstrip|rstrip|lower|upper|casefold|encode|decode|hexdigest|"
    r"digest|replace|title|"
    r"get_secret_value|return_value|side_effect|value|default|initial|__eq__|__ne__|startswith|"
    r"endswith|"
    r"removesuffix|removeprefix|format|join|split|as_posix|text|data))+\Z"
)
"""Methods whose result has the same label as their object."""

_ASKING = re.compile(
    r"\b(?:sudo|su|passwd|chpasswd|htpasswd|kinit|kadmin|cryptsetup|ssh-(?:add|keygen)|gpg2?|"
    r"smbpasswd|"
    r"ansible-vault|openssl|createuser|log_?in|sign_?in|auth(?:enticate)?)\b|password|passphrase|"
    r"secret",
    re.IGNORECASE,
)
"""Commands that ask for a password, and the wording of such prompts."""

_LONGEST_NAME: Final = 60
_FIELDS = re.compile(r"%[sdr]|\$?\{\w*\}")
_FLAG = re.compile(
    r"--?[A-Za-z][\w-]*|[A-Z][A-Z\d]*(?:_[A-Z\d]+)+|[A-Z][A-Za-z]*(?:-[A-Z][A-Za-z]*)+|"
    r"(?:__|@@?|\$\{|\{\{|<|%)[ \t]*\w+?[ \t]*(?:__|@@?|\}\}?|>|%)"
)
_SHELL = re.compile(r"\$?\{\{?[ \t]*(\w+)[ \t]*\}?\}")
_QUESTION = re.compile(
    r"(?i)(?:maiden|first (?:pet|car|school|job|teacher|kiss|concert)|mother'?s|father'?s|"
    r"favou?rite|"
    r"born|childhood|grew up|nickname|pet'?s name|high school|security question|geburtsname|"
    r"haustier|"
    r"mädchenname)[^\n]{0,60}\?|\A(?:mother'?s )?maiden[ _]name\Z"
)
"""A security question."""


class Place(NamedTuple):
    """The code around a value, other than its brackets.

    Attributes:
        before: The code before the value, within the distance of a password prompt.
        after: The code after the value.
        label: The literal before the statement.
        signatures: The names of the parameters of functions and classes.
    """

    before: str
    after: str
    label: str
    signatures: Mapping[str, Sequence[str]]

    @property
    def is_asked(self) -> bool:
        """Whether there is a prompt for a password just before."""
        return _ASKING.search(self.before) is not None


def clear(is_clear: bool) -> Strength:  # noqa: FBT001 - its only parameter
    """Return the highest strength of a name, given whether the place is clear."""
    return Strength.STRONG if is_clear else Strength.WEAK


def is_flag(content: str) -> bool:
    """Return whether a text labels the next element: a flag, header, variable or placeholder."""
    return _FLAG.fullmatch(content) is not None


def named(content: str) -> str:
    """Return the text of a literal as a name; empty if the text is too long for a name."""
    if len(content) > _LONGEST_NAME or "\n" in content:
        return ""
    if variable := _SHELL.fullmatch(content):
        return variable[1]
    return _FIELDS.sub(" ", content).strip().rstrip("}>$%@_")


def is_question(content: str) -> bool:
    """Return whether a text is a security question of a bank or website."""
    return _QUESTION.search(content) is not None
