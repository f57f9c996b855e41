"""Credentials among the words of shell commands."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple

from python_expert.privacy.names import Strength, strength
from python_expert.privacy.shapes import SHORTEST, is_placeholder, looks_generated

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from python_expert.privacy.spans import Span

_WORD = re.compile(r"(?:\\\"[^\"]*\\\"|\"[^\"]*\"|'[^']*'|[^\s\"'|;&])+|[|;&]+")

_NEXT, _GLUED, _EITHER, _PAIR = "next", "glued", "either", "pair"
"""The position of a credential.

It is the next word, the rest of this word, either of them, or the part of the next word after a
user.
"""

_PROGRAMS: Final = (
    ("curl wget http https xh", {"-u": _PAIR, "--user": _PAIR, "-U": _PAIR, "-a": _PAIR}),
    ("mysql mysqldump mysqladmin mysqlimport mysqlcheck mariadb mariadb-dump", {"-p": _GLUED}),
    ("7z 7za 7zr rar unrar", {"-p": _GLUED}),
    ("sshpass", {"-p": _EITHER}),
    (
        "psexec psexec64 paexec cqlsh beeline rdesktop hydra medusa evil-winrm crackmapexec",
        {"-p": _NEXT},
    ),
    ("security influx mongoimport vncviewer mount.cifs clickhouse-client", {"-p": _NEXT}),
    ("signtool", {"/p": _NEXT}),
    ("slappasswd", {"-s": _NEXT}),
    ("winexe net_ads wmic", {"-U": _PAIR, "/password:": _GLUED}),
    ("snmpwalk snmpget snmpset snmpbulkwalk", {"-c": _NEXT, "-A": _NEXT, "-X": _NEXT}),
    ("dsadd dsmod", {"-pwd": _NEXT}),
    ("pdftk", {"user_pw": _NEXT, "owner_pw": _NEXT, "input_pw": _NEXT}),
    ("ngrok", {"authtoken": _NEXT, "add-authtoken": _NEXT}),
    ("mongo mongosh mongodump mongorestore mongoexport login", {"-p": _NEXT}),
    ("useradd usermod", {"-p": _NEXT}),
    ("az helm skopeo oc heroku twine", {"-p": _NEXT}),
    ("ssh-keygen", {"-N": _NEXT, "-P": _NEXT}),
    ("schtasks", {"/rp": _NEXT}),
    ("cmdkey", {"/pass:": _GLUED}),
    ("mosquitto_pub mosquitto_sub", {"-P": _NEXT}),
    ("nmcli vault keyctl rclone", {"password": _NEXT, "psk": _NEXT, "pass": _NEXT}),
    ("redis-cli", {"-a": _NEXT}),
    ("ldapsearch ldapadd ldapmodify ldapwhoami ldappasswd ldapdelete", {"-w": _NEXT}),
    ("zip unzip sqlcmd bcp isql osql ipmitool", {"-P": _NEXT}),
    ("smbclient rpcclient smbget lftp", {"-U": _PAIR, "-u": _PAIR}),
    ("plink pscp psftp putty", {"-pw": _NEXT}),
    ("openssl", {"-k": _NEXT, "-K": _NEXT, "pass:": _GLUED}),
    ("xfreerdp", {"/p:": _GLUED}),
)
"""Programs with flags for credentials whose names do not show this."""

_FLAGS: Final = {name: flags for names, flags in _PROGRAMS for name in names.split()}

_SLASH: Final = frozenset(("sqlplus", "expdp", "impdp", "exp", "imp", "sqlldr", "rman"))
"""Programs that take ``user/password@database``."""

_LAST: Final = {
    "htpasswd": ("", 2),
    "wpa_passphrase": ("", 2),
    "mosquitto_passwd": ("", 2),
    "networksetup": ("", 3),
    "samba-tool": ("user", 4),
    "vault": ("login", 2),
    "rabbitmqctl": ("add_user change_password authenticate_user", 3),
    "mc": ("alias", 5),
    "net": ("use user", 2),
}
"""Programs whose last word is a credential, with a word that must precede it and a word count."""

_SETTERS: Final = frozenset(("set", "config", "add"))
"""Words of commands that are followed by a name and its value."""

_LOGON = re.compile(r"[\w$#]+/([^@\s]+)@")
_USER = re.compile(r"[^:%,]+[:%,]")
_NOT_PLAIN = re.compile(r"[-/\\*<>]|.*:\Z")
_NAMED = re.compile(r"--?[a-zA-Z][\w-]+")


class Word(NamedTuple):
    """A word of a command.

    Attributes:
        text: The word's text, without quotes.
        start: The offset of the text.
    """

    text: str
    start: int

    def part(self, at: int) -> Word:
        """Return the rest of the word from an offset."""
        return Word(self.text[at:], self.start + at)


def split(text: str) -> list[Word]:
    """Return the words of a command line."""
    found = []
    for match in _WORD.finditer(text):
        word, start = match[0], match.start()
        bare = word.strip("\\\"'") if word[0] in "\\\"'" else word
        found.append(Word(bare, start + word.index(bare) if bare else start))
    return found


def credentials(found: Sequence[Word]) -> Iterator[Span]:
    """Yield the credentials in the words of one or more commands."""
    program = ""
    plain: list[Word] = []
    for at, word in enumerate((*found, Word("|", 0))):
        following = found[at + 1] if at + 1 < len(found) else Word("", 0)
        name = word.text.rpartition("/")[2]
        if name in _FLAGS or name in _SLASH or name in _LAST:
            program, plain = name, []
        elif word.text and not word.text.strip("|;&<>"):
            yield from _last(program, plain)
            program = ""
        elif program in _SLASH and (match := _LOGON.match(word.text)):
            yield from _value(Word(match[1], word.start + match.start(1)))
        else:
            if word.text and not _NOT_PLAIN.match(word.text):
                plain.append(word)
            if program or word.text[:1] == "-":
                yield from _of_flag(word, following, _FLAGS.get(program, {}))
            if at and found[at - 1].text in _SETTERS and strength(name) is Strength.STRONG:
                yield from _value(following)


def _last(program: str, plain: Sequence[Word]) -> Iterator[Span]:
    """Yield the credential that is the last word of a command, not counting flags."""
    after, fewest = _LAST.get(program, ("", 0))
    first = plain[0].text if plain else ""
    is_user = (program, first) == ("net", "user")
    if fewest and len(plain) >= fewest + is_user and (not after or first in after.split()):
        yield from _value(plain[-1])


def _of_flag(word: Word, following: Word, flags: Mapping[str, str]) -> Iterator[Span]:
    """Yield the credential that a flag contains or that follows it."""
    is_value = following.text[:1] != "-"
    match flags.get(word.text):
        case "next" | "either" if is_value:
            yield from _value(following)
        case "pair" if match := _USER.match(following.text):
            yield from _value(following.part(match.end()))
        case None if flag := next(filter(word.text.startswith, flags), ""):
            rest = word.part(len(flag))
            if flags[flag] in {_GLUED, _EITHER} or looks_generated(rest.text):
                yield from _value(rest)
        case None if _NAMED.fullmatch(word.text) and is_value:
            level = strength(word.text.lstrip("-"))
            if level is Strength.STRONG or (level and looks_generated(following.text)):
                yield from _value(following)


def _value(word: Word) -> Iterator[Span]:
    """Yield the word as a credential, unless it is a variable or a placeholder in a usage line."""
    text = word.text
    is_name = text[:1] == "$" or (text.isupper() and strength(text) is not Strength.NONE)
    if len(text) >= SHORTEST and not is_name and not is_placeholder(text):
        yield word.start, word.start + len(text)
