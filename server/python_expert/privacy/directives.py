"""Credentials in the directives of devices, servers and protocols: ``enable secret …``."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from python_expert.privacy.judging import is_credential
from python_expert.privacy.names import Strength, strength
from python_expert.privacy.sentences import may_be_password

if TYPE_CHECKING:
    from collections.abc import Iterator

    from python_expert.privacy.spans import Span

_WORD = r"[\"']?(?P<value>[^\s\"';{}<>]{3,80})"
_KIND = r"(?:\d[ ])?"

_PLACES = tuple(
    re.compile(pattern)
    for pattern in (
        # Routers and switches.
        rf"\benable[ ](?:secret|password)[ ](?:level[ ]\d+[ ])?{_KIND}{_WORD}",
        (
            rf"\b(?:username|user|login)[ \t]+(?!and\b|or\b)\S{{1,40}}[ \t]+(?:[\w-]+[ ]\d+[ ])?"
            rf"(?:insecure-|cleartext-)?(?:password|passwd|pass|secret)[ \t]+{_KIND}{_WORD}"
        ),
        (
            rf"\b(?:local-user|super|user)\b[^\n]{{0,60}}?\bpassword[ ](?:level[ ]\d+[ ])?"
            rf"(?:cipher|simple|irreversible-cipher|plaintext)[ ]{_WORD}"
        ),
        rf"\bsnmp-server[ ]user\b[^\n]{{0,80}}?[ ]auth[ ](?:md5|sha\w*)[ ]{_WORD}",
        rf"\bpriv[ ](?:des|3des|aes)(?:[ ]\d+)?[ ]{_WORD}",
        (
            rf"\bset[ ](?:snmp[ ]community|psksecret|passwd|passphrase|password|secret)[ ]"
            rf"{_KIND}{_WORD}"
        ),
        (
            rf"\b(?:standby|vrrp|glbp)[ ]\d+[ ]authentication[ ]"
            rf"(?:text[ ]|md5[ ]key-string[ ])?{_WORD}"
        ),
        rf"\bauthentication-key[ ]\d+[ ]md5[ ]{_WORD}",
        rf"\A[ \t]*(?:password|secret|passphrase|psk)[ ]{_KIND}{_WORD}(?:\\+[nr])*[ \t]*\Z",
        rf"\bsnmp-server[ ](?:community|host[ ]\S+(?:[ ]version[ ]\w+)?)[ ]{_WORD}",
        rf"\b(?:r[ow]community6?|com2sec(?:[ ]\S+){{2}})[ ]{_WORD}",
        rf"\b(?:tacacs|radius)(?:-server)?\b[^\n]{{0,80}}?[ ]key[ ]{_KIND}{_WORD}",
        (
            rf"\b(?:isakmp[ ]key|pre-shared-key|key-string|wpa-psk|message-digest-key[ ]\d+[ ]md5|"
            rf"authentication-key|neighbor[ ]\S+[ ]password|ppp[ ](?:chap|pap)[ ]password)[ ]"
            rf"(?:ascii(?:-text)?[ ])?(?:local[ ]|remote[ ])?{_KIND}{_WORD}"
        ),
        # Mail, proxies and directories.
        rf"\bstats[ ]auth[ ][\w.@-]+:{_WORD}",
        rf"(?m)^[ \t]*\[?[\w.-]+\]?:\d{{2,5}}[ \t]+[\w.@+-]+:{_WORD}[ \t]*$",
        rf"(?i)\{{(?:plain|cleartext|clear)\}}{_WORD}",
        rf"(?m)^[ \t]*[\w.@-]+[ \t]+\*[ \t]+{_WORD}[\"']?[ \t]+(?:\*|[\d.]+)[ \t]*$",
        # Protocols.
        rf"(?i)\b(?:nickserv|ns)\b[^\n]{{0,20}}?\bidentify[ ](?:\w+[ ](?=\S))?{_WORD}",
        rf"(?:\A|\n)[ ]?PASS[ ]+{_WORD}[ ]*(?=\n[ ]?(?:NICK|USER|AUTH|LIST|STAT|CWD|TYPE|QUIT))",
        rf"\+CGAUTH=\d,\d,\\?\"[^\"\n]{{1,40}}\\?\",\\?{_WORD}",
        rf"\A(?:Bearer)[ ]+{_WORD}\Z",
        rf"\+CWJAP\w*=\\?\"[^\"\n]{{1,40}}\\?\",\\?{_WORD}",
        rf"\bu(?:ser)?[:=][ ]?\S{{1,40}}[ ,;]+p(?:w|ass)?[:=][ ]?{_WORD}",
        r"\A[\w.@-]{0,40}\\(?:0|x00)(?!\d)[\w.@-]{1,40}\\(?:0|x00)(?!\d)(?P<value>[^\s\\]{3,60})\Z",
        rf"\AAUTH[ ][\w.@-]+[ ]{_WORD}\s*\Z",
        # Web pages.
        r"(?i)<input\b[^<>]*\btype=\\?[\"']?password\b[^<>]*\bvalue=\\?[\"'](?P<value>[^\"'<>\n]{3,80})",
        r"(?i)<input\b[^<>]*\bvalue=\\?[\"'](?P<value>[^\"'<>\n]{3,80})[^<>]*\btype=\\?[\"']?password\b",
        r"<\w*[Pp]assword>\s*<\w*Value>(?P<value>[^<>\n]{3,80})<",
    )
)
_NAMED = (
    re.compile(
        r"(?m)^[ \t]*(?:ENV|ARG|SetEnv|setenv|env\.|SET|set)[ \t]+(?P<name>\w+)[ \t]+"
        r"[\"']?(?P<value>[^\s\"'=]{3,80})[\"']?[ \t]*$"
    ),
    re.compile(
        r"\b(?:(?:proxy_set|add|more_set)_headers?|RequestHeader[ ](?:set|add)|setHeader)[ \t]+"
        r"(?P<name>[\w-]{2,40})[ \t]+[\"']?(?P<value>[^\s\"';$]{3,80})"
    ),
    re.compile(
        r"(?:getElement\w{1,20}|querySelector|\$|"
        r"jQuery)\(\\?[\"'][#.]?(?P<name>[\w-]{1,40})\\?[\"']\)"
        r"\.(?:value[ ]?=[ ]?|val\()\\?[\"'](?P<value>[^\"'\n\\]{3,80})"
    ),
)
_LINE = re.compile(
    r"(?m)^[ \t]*(?P<name>password|passwd|pass|secret|passphrase|psk)[ \t]+"
    r"(?P<value>[^\s\"'=:;{}]{4,60})[ \t]*$"
)
_OTHER_LINE = re.compile(
    r"(?m)^[ \t]*(?:user\w*|host\w*|login|account|server|machine|port|from)[ \t]+[\w.@:-]+[ \t]*$"
)


def directed(text: str) -> Iterator[Span]:
    """Yield the credentials in directives.

    Args:
        text: The text between quotes, or after a number sign.
    """
    for pattern in _PLACES:
        for match in pattern.finditer(text):
            if may_be_password(match["value"]):
                yield match.span("value")
    for pattern in _NAMED:
        for match in pattern.finditer(text):
            if is_credential(match["value"], strength(match["name"])):
                yield match.span("value")
    if _OTHER_LINE.search(text):
        for match in _LINE.finditer(text):
            if is_credential(match["value"], Strength.STRONG):
                yield match.span("value")
