"""The surroundings of a value, and its name in a text before it."""

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
"""What something is still called by its name with."""

_ASKING = re.compile(
    r"\b(?:sudo|su|passwd|chpasswd|htpasswd|kinit|kadmin|cryptsetup|ssh-(?:add|keygen)|gpg2?|"
    r"smbpasswd|"
    r"ansible-vault|openssl|createuser|log_?in|sign_?in|auth(?:enticate)?)\b|password|passphrase|"
    r"secret",
    re.IGNORECASE,
)
"""Commands that ask for a password, and the words by which it is asked for."""

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
"""A question by which a site knows a person again."""


class Place(NamedTuple):
    """What is around a value, besides the brackets that it is in.

    Attributes:
        before: What precedes it, as far as a question for a password may be away.
        after: What follows it.
        said: The literal before the statement.
        signatures: What the arguments are called of functions and classes.
    """

    before: str
    after: str
    said: str
    signatures: Mapping[str, Sequence[str]]

    @property
    def is_asked(self) -> bool:
        """Whether a password is asked for just before."""
        return _ASKING.search(self.before) is not None


def clear(is_clear: bool) -> Strength:  # noqa: FBT001 - the one thing to be said
    """The most that a name counts for that stands there."""
    return Strength.STRONG if is_clear else Strength.WEAK


def is_flag(content: str) -> bool:
    """Whether it says what the next element is: a flag, a header, a variable, a placeholder."""
    return _FLAG.fullmatch(content) is not None


def named(content: str) -> str:
    """The name that the text of a literal is; empty if it is too long for one."""
    if len(content) > _LONGEST_NAME or "\n" in content:
        return ""
    if variable := _SHELL.fullmatch(content):
        return variable[1]
    return _FIELDS.sub(" ", content).strip().rstrip("}>$%@_")


def is_question(content: str) -> bool:
    """Whether it is one by which a bank or a site knows a person again."""
    return _QUESTION.search(content) is not None
