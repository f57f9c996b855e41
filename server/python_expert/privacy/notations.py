"""Credentials in the notations of settings, headers, addresses, SQL and XML."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from python_expert.privacy.directives import directed
from python_expert.privacy.judging import ENDING, is_credential
from python_expert.privacy.names import Strength, strength
from python_expert.privacy.sentences import ADJECTIVE
from python_expert.privacy.shapes import is_placeholder
from python_expert.privacy.tables import tabled

if TYPE_CHECKING:
    from collections.abc import Iterator

    from python_expert.privacy.spans import Span

_PAIR = re.compile(
    r"(?P<name>(?<!\w)(?<!%\()[^\W\d][\w.-]{0,60})(?P<close>[\\\"'\]]{0,7})[ \t]*"
    r"(?P<op>:=|=>|==|[!<>]=|=|:(?![:/]))[ \t]*(?=(?P<rest>[^\r\n]{0,400}))"
)
_LINE_START = re.compile(
    r"[ \t]*(?:[#>*-][ \t]+|export[ \t]+|set[ \t]+|ENV[ \t]+|[\"'])?\Z", re.IGNORECASE
)
_QUOTED = re.compile(r"(?P<quote>\\{0,3}[\"'`])(?P<value>.*?)(?P=quote)")
_BARE = re.compile(r"[^\s&;,\"'`)\]}>|]+|\S+")
_REST_OF_LINE = re.compile(r"(?P<value>\S+)(?:[ \t]+#.*|[ \t]+<-.*)?[ \t]*\Z")
_PHRASE = re.compile(r"(?P<value>\S+(?: \S+){0,3})(?:[ \t]+#.*)?[ \t]*\Z")
SCHEME = re.compile(r"(?:Bearer|Basic|Token|Digest|Negotiate|ApiKey|HMAC)\s+", re.IGNORECASE)
_CODE = re.compile(r"[^\W\d][\w.]*\(|.*\[|self\.|[^\W\d]\w*\.[^\W\d]\w*\)")

_ELEMENT = re.compile(
    r"<key>(?P<entry>[\w.:-]+)</key>\s*<string>(?P<string>[^<>\n]{3,200})</|"
    r"<\w[^<>]*?\b(?:name|key|id)=[\"'](?P<about>[\w.:-]+)[\"'][^<>]*>(?P<told>[^<>\n]{3,200})</|"
    r"<(?P<name>[\w.:-]+)(?:\s[^<>]*)?>(?:<!\[CDATA\[)?(?P<value>[^<>\n\]]{3,200})(?:\]\]>)?</|"
    r"(?:name|key|id|property)=[\"'](?P<key>[\w.:-]+)[\"']\s+(?:value|content)=[\"']"
    r"(?P<content>[^\"'\n]{3,200})[\"']",
    re.IGNORECASE,
)
_NETRC = re.compile(r"\b(?:login|machine)\s+\S+\s+password\s+(?P<value>\S{3,})")
_PGPASS = re.compile(
    r"(?m)^[ \t]*[\w.*-]+:(?:\d{2,5}|\*):[\w.*-]+:[\w.*@-]+:(?P<value>[^\s:\\\"']{3,})[ \t]*$"
)
_SED = re.compile(
    r"\bs(?P<by>[|/#,~])[^|/#,~\n]{0,60}(?i:passw(?:or)?d|secret|token|api_?key)[^|"
    r"/#,~\n]{0,20}(?P=by)"
    r"(?:[\w\"'-]{1,40}[=:][ \"']*)?(?P<value>[^|/#,~\n\"']{3,80})[\"']?(?P=by)"
)
_HERE_TEXT = re.compile(
    r"(?:\w{0,9}passwd|kinit|cryptsetup|sudo\s+-S|stdin)\b[^\n|]{0,99}<<-?[ \t]*"
    r"[\"']?(?P<end>\w+)[\"']?[ \t]*\n[ \t]*(?:\w+:)?(?P<value>(?!(?P=end))\S{3,80})"
)
_WIFI = re.compile(r"WIFI:(?:[^;:]{0,9}:[^;]{0,99};){0,5}?P:(?P<value>(?:\\.|[^;\\]){3,99});")
_ORACLE = re.compile(r"(?<![\w/])\w+/(?P<value>[^\s/@\"']{4,60})@(?://)?[\w.-]+(?::\d+)?[/:]\w+")
_SERVER = re.compile(r"\A[\w.-]+:(?P<value>[^\s/@\"':]{4,60})@[\w.-]+(?::\d+)?(?:/\w*)?\Z")
_RECORD = re.compile(
    r"(?i:(?:\b(?:name|key)[\"']?[ \t]*[:=][ \t]*|\bvariable[ \t]+)"
    r"[\"']?(?P<name>[\w.-]{2,60})[\"']?[\s,{]{1,40}[\"']?"
    r"(?:value|default|content|example)[\"']?[ \t]*[:=][ \t]*)"
    r"[\"']?(?P<value>[^\s\"']{3,80})"
)
"""A name and a value, each with its own key."""

_BOT = re.compile(r"/bot\d+:(?P<value>[\w-]{8,})")
_PIN = re.compile(
    r"(?i)\b(?:pin|otp|passcode|"
    r"(?:door|alarm|access|gate|security|unlock|one-time)[ -]?(?:code|pin)|code d.acc[eè]s|"
    r"zugangscode|türcode|code[ ](?:for|of|to)[ ](?:the|our)[ ]\w+|"
    r"c[oó]digo de acceso|codice)\b"
    r"(?:[ \t]+(?:is|code|was|of|number|(?:for|of|to) \w+|est|ist|es|è|de|du|des|la|le|las|der|"
    r"die|das|salle|\w+eur))*"
    r"[ \t:=]+(?P<value>\d{4,8}[#*]?)(?!\w)"
)
_PIPED = re.compile(
    r"(?:echo|printf)\s+(?:-n\s+|-e\s+)?[\"']?(?P<value>[^\s|\"'\\]{3,})(?:\\+n?|\s)*[\"']?\s*\|"
    r"[^|\n]*"
    r"(?:sudo\s+-S|--?password-stdin|--stdin|chpasswd|cryptsetup|\w{0,9}passwd|kinit|gpg|ssh-add)"
)
_HERE = re.compile(
    r"(?:stdin|-S|passwd|cryptsetup|kinit|sudo)\b[^\n|]{0,99}<<<\s*[\"']?(?P<value>[^\s\"']{3,})"
)
_EXPECT = re.compile(
    r"expect\b[^\n;]{0,99}?(?:assword|assphrase|PIN)[^\n;]{0,99}(?:;|\n)\s*send\s+(?:--\s+)?\\?\""
    r"(?P<value>[^\"\\\n]{3,})"
)
_IDENTIFIED = re.compile(
    r"(?i)\b(?:create|alter)\s+user\b[^;]{0,99}?\bidentified\s+by\s+(?P<value>(?!values|"
    r"password)[^\s'\";]{3,})"
)
_CRYPT = re.compile(
    r"(?i)\b(?:crypt|encode|md5|sha2|password)\(\s*'(?P<value>[^'\n]{3,60})'"
    r"|\b(?:pgp_(?:sym|pub)_\w+|aes_\w+|encrypt\w*|decrypt\w*|"
    r"hmac)\([^()'\n]{0,80}(?:'[^'\n]{0,80}',[^()'\n]{0,80})?"
    r"'(?P<key>[^'\n]{3,60})'"
)
_VARIABLE_IN_NGINX = re.compile(
    r"(?i)\$\w*(?:token|secret|password|key|auth\w*)\s*!?[=~]=?\s*[\"'](?P<value>[^\"'$]{3,})[\"']"
)
_DIRECTIVE = re.compile(
    r"(?m)^[ \t]*(?:\w*[a-z]Password|requirepass|masterauth|masteruser|rootpw|userPassword|bindpw|"
    r"auth_pass|smtp_pass\w*|\w+_password)[ \t]+[\"']?(?P<value>[^\s\"';=:]{3,})[\"']?;?[ \t]*$"
)
_LOGIN = re.compile(
    r"(?:\A|[\n ])(?:PASS|AUTH|LOGIN \S+)[ ]"
    r"(?P<value>(?![A-Z]+\b)[^\s\"']{3,})\s*\Z"
)
_PRAGMA = re.compile(r"(?i)\bPRAGMA\s+(?:\w+\.)?(?:re)?key\s*=\s*[\"'](?P<value>[^\"'\n]{3,})")
_SECURE = re.compile(r"SecureString\s+(?:-String\s+)?[\"'](?P<value>[^\"'\n$]{3,80})")
_AUTHORIZATION = re.compile(
    r"(?i)\bauthorization\W{1,8}(?:Bearer|Basic|Token)[ \t]+(?P<value>[^\s\"'\\;]{6,})"
)
_NODE = re.compile(
    r"\b(?:infura\.io/v3|alchemy(?:api)?\.(?:com|io)/v2|quiknode\.pro|getblock\.io)/(?P<value>[\w-]{20,})"
)
_PRODUCT_KEY = re.compile(
    r"(?<![\w-])(?=[A-Z-]*\d)(?P<value>(?:[A-Z\d]{5}-){4}[A-Z\d]{5})(?![\w-])"
)
_PLACES = (
    _NODE,
    _PRODUCT_KEY,
    _AUTHORIZATION,
    _SECURE,
    _LOGIN,
    _PRAGMA,
    _HERE,
    _EXPECT,
    _IDENTIFIED,
    _CRYPT,
    _VARIABLE_IN_NGINX,
    _DIRECTIVE,
    _NETRC,
    _PGPASS,
    _SED,
    _HERE_TEXT,
    _WIFI,
    _ORACLE,
    _SERVER,
    _BOT,
    _PIN,
    _PIPED,
)


def noted(text: str, *, is_prose: bool) -> Iterator[Span]:
    """Yield the credentials that are recognizable by the notation of a text.

    Args:
        text: The text between quotes, or after a number sign.
        is_prose: Whether the text is for people, as in comments and docstrings.
    """
    yield from _pairs(text, is_prose=is_prose)
    yield from _elements(text)
    yield from directed(text)
    for pattern in _PLACES:
        for match in pattern.finditer(text):
            group = "value" if match["value"] else match.lastgroup or "value"
            if not is_placeholder(match[group]):
                yield match.span(group)
    for match in _RECORD.finditer(text):
        if is_credential(match["value"], strength(match["name"])):
            yield match.span("value")
    yield from tabled(text)


def _pairs(text: str, *, is_prose: bool) -> Iterator[Span]:
    """Yield the values after a name and an equals sign."""
    for match in _PAIR.finditer(text):
        level = strength(match["name"])
        if level is Strength.NONE or match["op"] in {"!=", "<=", ">="}:
            continue
        at = match.end()
        if scheme := SCHEME.match(text, at):
            at, level = scheme.end(), Strength.STRONG
        rest = text[at : match.end("rest")]
        if quoted := _QUOTED.match(rest):
            if is_credential(quoted["value"], level):
                yield at + quoted.start("value"), at + quoted.end("value")
            continue
        value, is_whole = _unquoted(rest, match, is_prose=is_prose)
        is_closed = is_whole or rest[len(value) :][:1] in {",", "}"}
        is_word = is_whole and level is Strength.STRONG and not ADJECTIVE.match(value)
        is_setting = (match["name"].isupper() or is_word) if is_prose else is_closed
        if not (is_setting or (scheme and not is_prose) or (match["op"] == "=" and not is_prose)):
            level = min(level, Strength.WEAK)
        if is_credential(value, level) and not _CODE.match(value):
            yield at, at + len(value)


def _unquoted(rest: str, pair: re.Match[str], *, is_prose: bool) -> tuple[str, bool]:
    """Return an unquoted value, and whether its pair takes up the rest of the line."""
    text = pair.string
    start = text.rfind("\n", 0, pair.start()) + 1
    if _LINE_START.match(text, start, pair.start()):
        is_phrase = pair["op"] == "=" and not is_prose and strength(pair["name"]) is Strength.STRONG
        if found := (_PHRASE if is_phrase else _REST_OF_LINE).match(rest):
            return ENDING.sub("", found["value"]) if is_prose else found["value"], True
    bare = _BARE.match(rest)
    return ENDING.sub("", bare[0]) if bare else "", False


def _elements(text: str) -> Iterator[Span]:
    """Yield the values of XML elements and attributes."""
    for match in _ELEMENT.finditer(text) if "<" in text else ():
        for name, value in (
            ("name", "value"),
            ("key", "content"),
            ("entry", "string"),
            ("about", "told"),
        ):
            if match[name] and is_credential(match[value], strength(match[name])):
                yield match.span(value)
