"""Checks of a value's appearance: whether it is a placeholder or looks like a password."""

from __future__ import annotations

import re

SHORTEST = 3
"""The number of characters of the shortest credential."""

_SHORTEST_MADE_UP, _LONGEST_MADE_UP = 6, 300
_LETTERS = 3
"""The fewest letters of a password in which no word contains a digit."""

_SEGMENTS = 4
"""The fewest segments of one case in a jumbled value; their average length is under three."""

_VARIABLE = re.compile(
    r"\$\{?\w+(?::?-?\})?\}?|\$\{.*\}|\$\(.*\)|%\(?\w*\)?s|\{.*\}|<.*>|\[.*\]|%\w+%|:\w+|\?+|"
    r"\$\{\{.*\}\}|@\w+@|\.\.\.|\\(?:\w{1,4}|.)|x{3,}|X{3,}|\*+|-+"
)
_NOTHING = frozenset(
    (
        "ascii utf-8 utf8 utf_8 utf-16 latin1 latin-1 iso-8859-1 cp1252 idna rot13 rot_13 "
        "none null nil true false str string bytes object int optional required hidden redacted "
        "yes no deny allow self cls any text float bool list dict default empty undefined "
        "basic digest kerberos ntlm negotiate oauth2"
    ).split()
)

_FIELD = re.compile(r"%\(?\w*\)?[srd]|\{[^{}]*\}|\\x00|\\[nrt0]")
_PATHLIKE = re.compile(
    r"(?:ctrl|control|alt|shift|cmd|super|meta)\+|#[a-z]+(?::\d)?\Z|.*<\w+>|[A-Za-z][\w+.-]*://|"
    r"(?:\.{0,2}|~)/|[._]_?\w+_\Z|![a-z]+\Z|(?:[A-Z][a-z]+\+)+\w+\Z|[\w.+-]+@[\w-]+(?:\.[\w-]+)+\Z|"
    r"(?:[\w.=-]+/)+[\w.-]+\.[a-z]\w{0,5}\Z|"
    r".*\.(?:py|json|txt|ya?ml|toml|ini|cfg|pem|key|html?|csv|md|rst|sh|so|c|h|gz|zip|xml|js|css|"
    r"exe|log|db|sql)\Z"
)
_SPACE_OR_CODE = re.compile(r"\s|[\[\](){}<>\\`\"']|%[sdrfx(]")
_ALGORITHM = re.compile(
    r"(?:pbkdf2|sha\d{1,3}|argon2|base64|base32|md5|oauth[12]|http2|ed25519|x509|blake2)",
    re.IGNORECASE,
)
"""The start of names of algorithms."""

_DOTTED = re.compile(r"[^\W\d]\w*(?:\.[^\W\d]\w*)*")
_MIXED = re.compile(r"[^\W\d_]\d|\d[^\W\d_]")
_PIECE = re.compile(r"[^\W_]+")
_TECHNICAL = re.compile(
    r"(?:sha|md|rfc|utf|iso|base|pbkdf|hs|rs|es|ps|aes|des|rc|x|v|ver|py|python|pypy|cpython|win|"
    r"ip|ipv|http|https|oauth|ssl|tls|sslv|tlsv|ssh|s|ec|p|i|h|u?int|float|latin|cp|big|k|level|"
    r"arg|args|item|step|tmp|foo|bar|line|col|page|version|utc|gmt|blake|scrypt|argon|bcrypt|crc|"
    r"ed|curve|secp|mp|f|b|l|d|t|c|w|r|n|a|g|q|z|y|m|j|u|o|e|amd|arm|armv|aarch|i18n|l10n|pep|"
    r"issue|bpo|gh|bug|cve|ucs|koi|euc|eth|sqlite|psycopg|urllib|httpx|node|java|lib|libc|glibc|"
    r"msvcr|vc|imap|pop|smtp|s3|ec2|route|log|bz|lz|zip|sum)\d+[a-z]{0,2}\d*|"
    r"(?:area|part|chapter|section|figure|"
    r"example|case|test|host|server|port|user|group|table|field|param|value|func|var|tex|file|"
    r"apache|gpio|pin|usb|com|lpt|channel|stage|phase|round|key|id|no|nr|num|number|type|class|"
    r"mode)"
    r"\d{1,3}|\d+(?:st|nd|rd|th|px|em|ms|s|[kmg]i?b|k|x\d*|d|h|m|b|bits?|[ap]m|z)|"
    r"0x[0-9a-f]+|[a-z]\d+[a-z]?|\d+[a-z]",
    re.IGNORECASE,
)
"""Common words with digits."""

_SYMBOL = re.compile(r"[^\W_][!$^&#~%+@](?=\S)|[!?$#%~](?:\Z|(?<=\A.))")
_ENCODED = re.compile(r"%[0-9A-Fa-f]{2}")
_LEET = re.compile(r"[^\W\d_]\d+[^\W\d_]")
_SEGMENT = re.compile(r"[A-Z]+(?![a-z])|[A-Z][a-z]*|[a-z]+")


def is_placeholder(value: str) -> bool:
    """Return whether a value is a placeholder, or a word that means no value."""
    return (
        value.casefold() in _NOTHING
        or not any(map(str.isalnum, _FIELD.sub("", value)))
        or _VARIABLE.fullmatch(value) is not None
    )


def looks_generated(value: str, *, strictly: bool = False) -> bool:
    """Return whether a value looks like a password or key, not like words, names or paths.

    Args:
        value: The text between the quotes.
        strictly: Whether the value has no label and only its surroundings indicate a credential.
    """
    if not _SHORTEST_MADE_UP <= len(value) <= _LONGEST_MADE_UP or _SPACE_OR_CODE.search(value):
        return False
    if is_placeholder(value) or _PATHLIKE.match(value):
        return False
    value = _ENCODED.sub(".", value)
    pieces = _PIECE.findall(value)
    mixed = [
        each
        for each in pieces
        if _MIXED.search(each) and not (_TECHNICAL.fullmatch(each) or _ALGORITHM.match(each))
    ]
    if strictly:
        is_odd = not _DOTTED.fullmatch(value) and value.lower() != value
        return any(map(_LEET.search, mixed)) or (bool(mixed) and is_odd)
    if mixed or _is_jumbled(value):
        return True
    has_number = pieces[-1].isdigit() and not _TECHNICAL.fullmatch("".join(pieces[-2:]))
    letters = sum(map(str.isalpha, value))
    return letters >= _LETTERS and (has_number or _SYMBOL.search(value) is not None)


def _is_jumbled(value: str) -> bool:
    """Return whether upper and lower case alternate more often than in words."""
    segments = _SEGMENT.findall(value)
    return value.isalnum() and len(segments) >= _SEGMENTS > len(value) / len(segments) + 1
