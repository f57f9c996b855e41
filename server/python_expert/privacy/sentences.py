"""Credentials in sentences of several languages: ``the password for the demo is …``."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from python_expert.privacy.judging import is_credential
from python_expert.privacy.names import NON_ENGLISH, Strength
from python_expert.privacy.shapes import looks_generated
from python_expert.privacy.spans import united

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from python_expert.privacy.spans import Span

ADJECTIVE = re.compile(
    r"(?i).*(?:ed|ing|ful|less|[ai]ble|al|ary|ous|ent|ant|ive|ect|ong|id|ly|en|us|ak|ic|se)\Z|"
    r"(?:empty|here|there|known|used|sent|unset|short|secret|done|needed|same|right|\w+\(.*)\Z"
)
"""Adjectives that describe passwords; they are not the passwords."""

_COMMON: Final = frozenset(
    (
        "the this that these those what when where whether which who how why not now only also too "
        "just still never always already then than both each every some any all one two three just "
        "only your their his her our its own shown read kept set put given taken made hidden wrong "
        "weak strong plain valid correct good bad new old long short okay safe part case like from "
        "for with without about after before over under into onto more less most least very such "
        "hard easy first last next must should would could will can may might has have had does "
        "did "
        "be been being was were are and but or if as at by in of on to up out off up-to-date "
        "base64 bcrypt hash hashed salt salted string text bytes ascii unicode user username name "
        "email login logout register account admin role group host server database file path "
        "config vault keyring environment stdin argument option header cookie session null none "
        "github google facebook twitter apple gitlab microsoft again argument field parameter "
        "true false yes no todo tbd fixme see ask http https ssh ldap oauth saml sso basic digest "
        "bearer number letter digits numbers letters characters required optional default sesame "
        "expected unknown missing different equal longer shorter enough nothing something anything "
        "everything someone nobody everybody there their they them stronger weaker rather "
        "nicht kein keine noch nur auch immer falsch richtig leer nie gesetzt obligatoire vide "
        "incorrect incorrecta incorrecto vacía vacío errata vuota fel rätt tom fejl forkert fout "
        "leeg"
    ).split()
)
"""Words in sentences about passwords that do not contain one."""

_KEY = (
    r"(?:pre-?shared|api|secret|access|encryption|master|licen[cs]e|product|wi-?fi|wpa2?|signing|"
    r"activation|private|security|network)[ -]key"
)
_ENGLISH = (
    rf"{_KEY}|pass[ -]?(?:word|phrase|code|key)s?|credentials?|mnemonic|secret[ -]word|passwd|"
    r"pwd?|creds?"
)
_NON_ENGLISH = "|".join(
    f"\\w*{each}\\w{{0,3}}" for each in ("passwort", "passord", *sorted(NON_ENGLISH))
)
_CODE = (
    r"(?:override|access|entry|unlock|door|gate|alarm|safe|bypass|emergency|recovery|disarm|"
    r"service)"
    r"[ -]code"
)
_NOUN = rf"(?:{_ENGLISH}|{_NON_ENGLISH}|clave|mdp|mot de passe|palabra clave|kata sandi|{_CODE})"
_IS = (
    r"is|was|are|were|lautet|ist|war|est|était|es|era|é|è|foi|är|er|blev|jest|brzmi|je|este|"
    r"adalah|là|это|был|была|є|είναι|set to|changed to|remains|stays|reads|said|used to be"
)
_AFTER = (
    r"(?=[.!?]?[ \t]*(?:\n|\Z)|[.,;!)]+(?:\s|\Z)|"
    r"[ ](?:\(|-|\u2013|until|for|on|in|at|since|before|but|"
    r"and|by|everywhere|locally|again|bis|für|auf|im|pour|sur|dans|para|hasta|per|su|tot|voor|op|"
    r"till|på|do|na|dla|до|на|для)\b|[ ]\()"
)
_VALUE = rf"(?P<value>[^\W_][^\s\"'`()]{{3,40}}?){_AFTER}"
_QUOTED = r"(?P<quote>[\"'`“«]{1,2})(?P<quoted>[^\s\"'`“”«»]{3,60})[\"'`”»]{1,2}"
_BETWEEN = r"(?:[ \t]+[\w@.'\u2019-]+){0,6}?"

_ADVERB = (
    r"still|always|now|currently|simply|just|actually|früher|noch|immer|jetzt|toujours|encore|"
    r"sempre|siempre|ainda|todavía|nog|ancora"
)
_SENTENCE = re.compile(
    rf"(?i)(?<![\w-]){_NOUN}{_BETWEEN}[ \t]+(?:{_IS}):?[ \t]+(?:(?:{_ADVERB})[ ]+)?(?:{_QUOTED}|"
    rf"{_VALUE})"
    rf"|(?<![\w-])(?:hasł\w*{_BETWEEN}[ \t]+to|salasana\w*{_BETWEEN}[ \t]+on|"
    rf"(?:lösenord|passord|adgangskode)\w*{_BETWEEN}[ \t]+var)[ \t]+"
    rf"{_VALUE.replace('value', 'other')}"
)
_OF = (
    r"for|of|on|from|at|in|von|vom|van|für|zum|zur|pour|de|del|du|des|di|da|do|na|för|til|till|"
    r"от|для|на|к"
)
_COLON = re.compile(
    rf"(?im)(?<![\w-])(?:(?:{_NOUN}|pass)(?:[ \t]+(?:{_OF})(?:[ \t]+[\w.@-]+){{1,4}})?|"
    rf"(?:{_NON_ENGLISH}|mot de passe|clave)(?:[ \t]+[^\s:]+){{0,4}})(?:[ \t]+\([^()\n]{{1,40}}\))?"
    r"[ \t]*(?:[:=\uff1a]|\u2014|\u2013|->|→|[ ]-[ ])[ \t]*"
    r"(?P<value>[^\s\"'`()<>{}\[\]$%,;]{4,40}?)(?:[.,;]?[ \t]*$|[,;][ ]|[ \t]+\([^()\n]{1,60}\)?)"
)
_TURNED = re.compile(
    rf"(?:\A|\n[ \t]*\n|[.;:])[ \t]*[\"'`]?(?P<value>[a-z\d][^\s\"'`()]{{3,40}})[\"'`]?[ ](?:is|"
    rf"was)[ ]"
    rf"(?:the|our|my|its|their)[ ](?:\w+[ ]){{0,2}}?(?i:{_ENGLISH})\b|"
    rf"\b(?i:use[sd]?|sends?|type|enter|try|with)[ ][\"'`]?(?P<other>[^\s\"'`()]{{4,40}})[\"'`]?[ ]"
    rf"as[ ](?:the|our|my|its|their|a)[ ](?:\w+[ ]){{0,2}}?(?i:{_ENGLISH}|secret)\b"
)
_DEFAULT = re.compile(
    rf"(?i)(?<![\w-]){_NOUN}[ ]\((?:default|e\.g\.|currently|now|usually|initially)[:= ]+"
    r"[\"'`]?(?P<value>[^\s\"'`()]{4,40})[\"'`]?\)"
)
_EAST = re.compile(
    r"(?:密码|密碼|口令|パスワード|暗証番号|暗号|비밀번호|비번|암호|รหัสผ่าน|كلمة المرور)"
    r"[ \t]*(?:是|为|為|は|:|\uff1a|=|는|은|คือ|هي)[ \t]*[「『\"'`“]?(?P<value>[!#-&*-~]{4,40})"
)
_PAIR = re.compile(
    r"(?i)\b(?:log(?:ged|s)?[ -]?(?:in|on)s?|sign[ -]?in|credentials?|creds?|accounts?|zugang\w*|"
    r"anmeldung|kennung|identifiants?|accès|acceso|accesso|credenciales|credenziali|konto|"
    r"inlogg\w*|connexion|логин\w*|доступ\w*|вход\w*|user|demo|root|admin(?:istrator)?|wi-?fi|wlan|ssid)\b"
    r"(?:[^\n/]{0,40}?(?:\b(?:is|are|as|with|using|use|mit|avec|con|med|met)\b|[:=]))?"
    r"[ \t]*[\"'`]?(?P<user>[\w.@+-]{2,30})[\"'`]?[ \t]+(?:/|\||->|→|=>)[ \t]+"
    r"[\"'`]?(?P<value>[^\s/,;()\"'`|]{4,40})(?=[\"'`\s,;.)]|\Z)"
    r"|\b(?:account|login|user|creds?|credentials|konto|zugang)s?[ \t]+\((?P<name>[\w.@-]{2,30})"
    r"[ ]?[:/][ ]?(?P<bracketed>[^\s/,;()\"'`|]{4,40})\)"
)
_ABOUT = re.compile(
    r"(?i)(?:pair|tuple|combination|policy|prompt|reset|change|field|hash\w*|manager|grant|flow|"
    r"form|"
    r"auth\w*|encryption|protection|strength|check|rotation|file|store|entry|login|list|"
    r"\w+(?:tion|ment))\Z"
)
"""Words that form a compound term with the preceding word for a password."""

_NEXT = re.compile(
    r"(?im)(?:(?:[,;(][ \t]*|\band[ ](?:its|the|your|his|her)[ ])(?:password|passphrase|passwd|"
    r"pwd|pw|pass)|"
    r"\b(?:wi-?fi|wlan|ssid|wpa\d?)\b[^\n]{0,60}[,;][ \t]*(?:key|psk|code)|"
    r"\b(?:with|using|use|enter)[ ](?:the[ ])?(?:password|passphrase|passwd|pwd|pw))"
    r"[ \t]+(?P<value>[^\s\"'`()%{}]{4,40}?)(?:[.)]*[ \t]*$|[ ]to[ ](?:log|sign|connect|enter|"
    r"unlock|open)\b)"
    r"|(?:^|[.;:,#*-])[ \t]*(?:the[ ])?(?:wi-?fi|wlan|router|root|admin|db|database|mysql|ftp|smtp|"
    r"ssh|vpn|old|new|current|default|staging|prod|production|dev|test|guest)[ ]"
    r"(?:password|passphrase|passwd|pwd|pw|pass)[ \t]+(?P<slashed>[^\s\"'`()%{},:;]{4,40})"
    r"(?=[,;.]?[ \t]*$|[,;][ ])"
    r"|\b(?:wi-?fi|wlan|ssid|wpa\d?)\b[^\n]{0,60}\b(?:key|psk|code|pass\w*)[ \t:=]+(?:is[ ])?"
    r"[\"'`](?P<other>[^\"'`\n]{4,60})[\"'`]"
    r"|\b(?:hard-?coded|actual|real|temporary|temp|initial)[ ](?:password|passphrase|passwd|pwd|pw)"
    r"[ ](?P<quoted>[^\s\"'`()%{},:]{4,40})(?=[ ](?:before|in|from|until|for|here|on|and)\b|"
    r"[.,;]?\s*$)"
    r"|\b(?:password|passphrase|passwd|pwd|pw|"
    r"pass)[ ]\((?P<bracketed>[a-z0-9][^\s()\"'`%{}]{3,40})\)"
)
_OPENED = re.compile(
    rf"(?i)\b(?:opens?|unlocks?|decrypts?|(?:log|sign)s?[ ]?(?:in|on))[ ]with[ ]{_QUOTED}(?!\w)"
)
_SPOKEN = re.compile(r"(?i)(?<![^\W_])(?:pass|code)(?![^\W_])")
_USER = re.compile(
    r"(?i)\bu(?:ser)?/p(?:w|"
    r"ass(?:word)?)?[ \t]*[:=][ \t]*[^\s/:]+[/:](?P<slashed>[^\s\"'`()]{4,40})|"
    r"\blog(?:s|ged)?[ -]?in[ ](?:as|with|using)[ ][\w.@-]+[/:](?P<other>[^\s\"'`(),;/]{4,40})|"
    r"(?m:^)[ \t]*(?:staging|prod|production|dev|test|live|demo|local|qa|uat)[ ]?[:=][ ]?"
    r"[a-z][\w.@-]{1,30}[:/](?P<quoted>[^\s\"'`()/:]{4,40})[ \t]*(?m:$)|"
    r"(?m:^)[ \t]*(?:creds?|credentials?|login|account|zugang)[ ]?(?:->|=>|→|:|=)[ ]?"
    r"[a-z][\w.@-]{1,30}[ ](?:and[ ]|with[ ]|mit[ ])?(?P<bracketed>[^\s\"'`()/:]{4,40})"
    r"[ \t]*(?m:$)|"
    r"(?m:^)[ \t]*(?:root|admin|administrator|guest|demo|user)[ ](?:->|→|=>)[ ]"
    r"(?P<value>[^\s\"'`()]{4,40})[ \t]*(?m:$)"
)
_CLEAR = re.compile(
    r"(?i)\b(?:plain[ -]?text|in (?:the )?clear)[ \t]*[:=][ \t]*(?P<value>\S{4,40})"
)
_CUE = (
    r"(?i:is|was|era|est|ist|är|use[sd]?|used to be|usually|normally|typically|locally|currently|"
    r"formerly|previously|default(?:s? to)?|falls back to|set to|now|e\.g\.|like|for example|try|"
    r"enter|type|old|"
    r"dev|prod|staging|test|here|still)"
)
_QUOTED_SOON = re.compile(
    rf"(?i)(?<![\w-]){_NOUN}[^\n\"'`]{{0,60}}(?:\n[ \t]*[^\n\"'`]{{0,40}})?"
    rf"(?<!\w){_CUE}[ \t:=]+{_QUOTED}"
)
_GROUPS: Final = frozenset(("value", "quoted", "other", "bracketed", "slashed"))
_BEFORE: Final = 60
_BEHIND: Final = 160
_MOST: Final = 2_000
"""The number of characters of a sentence that are read.

The values are for the text before the word for a credential, and the minimum and maximum after it.
"""

_REMARK = re.compile(
    rf"\A\s*(?:{_CUE}|fallback|really|actually|normally|mostly)?[ \t:=]*[\"'`]?"
    rf"(?P<other>[^\s\"'`()\[\]:;,#]{{4,40}})[\"'`]?"
    rf"(?:[ ](?:on|in|for|at|until|since|before|by)[ ][^.\n]{{1,40}})?\s*\Z|"
    rf"(?<!\w)(?:{_CUE}[ \t:=]+{_QUOTED}|"
    rf"[^\W\d]+[ \t]*[:=][ \t]*(?P<value>[^\s\"'`\[]{{4,40}})\s*\Z|"
    rf"(?:old|new|was|prod|dev|staging|test|local(?:ly)?)[ \t]*[:=][ \t]*"
    rf"(?P<listed>[^\s\"'`\[,;]{{4,40}})(?=[,;]))"
)


_NUMBER = re.compile(r"(?<![\w.:/-])(?!(?:19|20)\d\d\b)\d{4,8}(?![\w:/-]|\.\d)")


def in_sentences(text: str, spoken: Sequence[int], *, is_prose: bool) -> Iterator[Span]:
    """Yield the credentials in sentences.

    Args:
        text: The text between quotes, or after a number sign.
        spoken: The ends of the words for credentials in the text, ascending.
        is_prose: Whether the text is for people, as in comments and docstrings.
    """
    around = [_SENTENCE, _EAST, _DEFAULT, *((_COLON, _QUOTED_SOON, _TURNED) if is_prose else ())]
    anywhere = (_PAIR, _NEXT, _USER, _CLEAR, _OPENED) if is_prose else (_PAIR, _NEXT)
    spoken = sorted({*spoken, *(each.end() for each in _SPOKEN.finditer(text))})
    places = _sentences(text, spoken)
    for pattern, spans in (
        *((each, places) for each in around),
        *((each, [(0, len(text))]) for each in anywhere),
    ):
        for match in (each for span in spans for each in pattern.finditer(text, *span)):
            for group, value in match.groupdict().items():
                if value and group in _GROUPS and may_be_password(value):
                    yield match.span(group)


def _sentences(text: str, spoken: Sequence[int]) -> list[Span]:
    """Return the lines that mention credentials; for long lines, only the surroundings."""
    found: list[Span] = []
    for end in spoken:
        start = max(0, end - _BEFORE)
        first = text.rfind("\n", start, end) + 1 or start
        stop = text.find("\n", min(end + _BEHIND, len(text)))
        found.append((first, min(stop if stop >= 0 else len(text), end + _MOST)))
    return united(found)


def in_remark(text: str, *, is_behind: bool, is_number: bool) -> Iterator[Span]:
    """Yield the credentials in a comment next to code that uses a credential.

    Args:
        text: The comment.
        is_behind: Whether the comment is after the code, rather than above it.
        is_number: Whether the credential is a number.
    """
    if is_number:
        yield from (match.span() for match in _NUMBER.finditer(text))
    for match in _REMARK.finditer(text):
        if (match["value"] or match["other"]) and not is_behind:
            continue
        group = next(each for each in ("other", "quoted", "value", "listed") if match[each])
        if may_be_password(match[group]):
            yield match.span(group)


def may_be_password(value: str) -> bool:
    """Return whether a word in a sentence may be a password, rather than describe one."""
    word = value.strip(".,:;!?").casefold()
    if not is_credential(value, Strength.STRONG):
        return False
    return looks_generated(value) or not (
        word in _COMMON or ADJECTIVE.match(word) or _ABOUT.match(word)
    )
