"""Names that refer to credentials, and how strongly they do so."""

from __future__ import annotations

import re
from enum import IntEnum
from functools import lru_cache


class Strength(IntEnum):
    """How strongly a name shows that its value is a credential."""

    NONE = 0
    WEAK = 1
    """The value is a credential if it looks like a password: ``token``, ``key``, ``passwords``."""
    FAIR = 2
    """A value that looks like a password or consists of two words is a credential: ``token``."""
    STRONG = 3
    """Any value is a credential, except placeholders and names: ``password``, ``api_key``."""


STEMS = (
    "assword passwd passwort passord passphrase passcode passkey secret credential "
    "mnemonic apikey accesskey privatekey authtoken accesstoken apitoken contraseña "
    "contrasena senha motdepasse kennwort geheimnis wachtwoord lösenord losenord "
    "adgangskode salasana parola parole пароль парол секрет 密码 密碼 口令 "
    "パスワード 비밀번호 şifre "
    "sifre jelszó jelszo hasło haslo heslo κωδικός סיסמה salasõna lozinka geslo parolă "
    "slaptažodis secretanswer securityanswer apihash snmpcommunity communitystring magicword "
    "safeword watchword wachtwort zugangsdaten zugangscode sandi haslouzytkownika parolachiave "
    "matkhau toegangscode palabraclave zugangswort zugriffstoken aanmeldcode парольн "
    "كلمةالمرور كلمةالسر पासवर्ड 暗証番号 暗号 비번 암호 พาสเวิร์ด รหัสผ่าน contrasenya pasahitza "
    "mậtkhẩu accesscode securitycode unlockcode pazword losungswort claveacceso clavedeacceso "
    "geheimwort sesamo secretword motpasse codigosecreto clavesecreta palavrapasse "
    "palavrachave lykilorð parool aktivierungscode"
).split()
"""Words for a credential, also at the end of a longer word, as in ``dbpassword``."""

WHOLE = frozenset(
    (
        "pass pw pwd pword psswd passwrd pwrd pswd psw passw pasw cred clave mdp geheim secretkey "
        "sshpass userpass dbpass rootpass keypass storepass mypass pss paswd psk losung lösen "
        "sesam getpass pswrd pssw pwort maidenname passpharse countersign kodeord contrasinal "
        "pasvorto wachtw pssword passwrt parol parolj mima kouling pasuwado"
    ).split()
)
"""Short words that only count as whole words."""

_LEET = str.maketrans("01345@$", "oieasas")
"""Digits and signs in place of letters, as in ``p4ssw0rd``."""

_ENDS = re.compile(
    rf"(?:{'|'.join(STEMS)}|pas{{1,3}}(?:w?ord|wod|wrod|owrd|wrd|wor)|pwd|(?<=ql|sh|db|ap|er|tp|"
    rf"in|il|my|ot)pass|(?<=db|ot|in|er)pw)\Z"
)

NON_ENGLISH = frozenset(STEMS[STEMS.index("contraseña") :])
"""Words from languages other than English, and words with no other meaning."""

KEYS = frozenset(("key schlüssel schluessel ключ chave cle clé nøgle").split())
KINDS_OF_KEY = frozenset(
    (
        "api access secret private priv signing encryption master hmac auth service account db "
        "database client subscription shared jwt aes fernet crypto cipher license licence admin "
        "app application deploy session storage stripe openai aws azure sendgrid maps ssh webhook "
        "wifi wpa wpa2 wep network preshared shared product activation unlock registration sas "
        "psk backup anthropic django flask consumer write ingest functions integration "
        "personal"
    ).split()
)
"""Words before ``key`` that make it a credential, unlike a primary or sort key."""

TOKENS = frozenset(("token tok tkn bearer jeton ficha токен jwt").split())
KINDS_OF_TOKEN = frozenset(
    (
        "api access auth bearer private acceso accès acces refresh bot deploy "
        "admin personal github "
        "gitlab gh gl vault slack oauth service app id session secret user root ci npm pypi "
        "telegram discord hf hub client webhook csrf security registry influx account"
    ).split()
)

VAGUE = frozenset(
    (
        "auth authorization pin otp totp mfa seed cookie sid nonce session sessionid salt sig "
        "signature hook webhook login psk dsn ssid cvv cvc iban serial nip schlussel puk "
        "pincode pins otps private passes creds "
        "community combination cookies hash keyfile phrase hmac pepper authtok ticket sas pem "
        "wif akey skey ikey sk ak "
        "sec apikeys phpsessid jsessionid sessid"
    ).split()
)
"""Words for credentials that have other meanings too."""

_PINS = frozenset("pin pins otp otps totp puk cvv cvc nip pincode passcode tan mfa".split())
_CODES = re.compile(
    r"(?i)(?:access|security|unlock|door|alarm|entry|gate|pin|backup|recovery|verification|otp|sms|"
    r"safe|login|2fa|mfa|disarm|lock)_?code\Z"
)
"""Names of credentials that are numbers."""

_PHRASES = frozenset(("seed recovery mnemonic backup secret").split())

_QUALIFIERS = frozenset(
    (
        "default value val old new prod production test dev staging stage live str string text "
        "raw plain b64 base64 hex bytes admin root prev previous current main primary secondary "
        "local db here enc data is was tmp backup real demo example бд code guest const header "
        "from for confirm confirmation again repeat hint"
    ).split()
)
"""Words after a credential word with which the value is still the credential."""

_ABOUT = frozenset(
    (
        "name names field fields label url uri path file filename dir type types kind id ids "
        "hasher hashers algorithm alg length len size min max format pattern regex prompt message "
        "msg error errors help title description required enabled backend class module provider "
        "store service endpoint scope scopes version column col table index attr param template "
        "view form widget input policy rules validator validators expires expiry ttl age count "
        "limit mode method prefix suffix location region env var variable command cmd manager "
        "statement stmt list map dict set group family date time status state reason event action "
        "callback func function spec"
    ).split()
)
"""Words after a credential word with which the value is only about the credential."""

_PLURALS = ("passwords", "passwds", "pwds", "pws", "passphrases", "passcodes", "senhas")
_SHORT_NAME = 2
_SPLIT = re.compile(r"(?<=[^\W\d_A-Z])(?=[A-Z])|[\W_]+|(?<=\D)(?=\d+\Z)")


@lru_cache(maxsize=4096)
def strength(name: str) -> Strength:
    """Return how strongly a name, or the last part of a dotted name, refers to a credential."""
    words = [word.casefold() for word in _SPLIT.split(name.rpartition(".")[2] or name) if word]
    while len(words) > 1 and (words[-1] in _QUALIFIERS or words[-1].isdigit()):
        if _ENDS.search("".join(words)):
            break  # access_code
        words.pop()
    if not words or words[-1] in _ABOUT:
        return Strength.NONE
    if len(words) == 2 and words[0] in KEYS | TOKENS and words[1] in KINDS_OF_KEY | KINDS_OF_TOKEN:  # noqa: PLR2004 - a compound of two words
        words.reverse()  # clave_api, token_acceso
    *before, last = words
    found = _of_last(before, last)
    if found is Strength.FAIR and (name.isupper() or name.startswith("--")):
        return Strength.STRONG  # in environment variables and options, not a parser's token
    if found is Strength.NONE and last.endswith("s") and _of_last(before, last[:-1]):
        # This is a collection: ``passwords`` only has passwords, unlike ``secrets`` and ``keys``.
        is_clear = last.endswith(_PLURALS) and len(words) <= _SHORT_NAME
        return Strength.STRONG if is_clear else Strength.WEAK
    if found is Strength.NONE and not NON_ENGLISH.isdisjoint(before):
        return Strength.STRONG  # contrasena_bd: other languages put the word first
    if found is Strength.NONE and any(_of_last([], word) is Strength.STRONG for word in before):
        return Strength.WEAK
    return found


def is_pin(name: str) -> bool:
    """Return whether a name refers to a credential that is a number."""
    words = [word.casefold() for word in _SPLIT.split(name) if word]
    while len(words) > 1 and (words[-1] in _QUALIFIERS or words[-1].isdigit()):
        words.pop()
    return bool(words) and (words[-1] in _PINS or _CODES.search(name) is not None)


def is_plural(name: str) -> bool:
    """Return whether a name refers to a collection that only contains passwords."""
    return name.casefold().endswith(_PLURALS)


def _of_last(before: list[str], last: str) -> Strength:
    previous = before[-1] if before else ""
    joined = "".join((*before, last))
    if (
        last in WHOLE
        or _ENDS.search(joined)
        or _ENDS.search(last.translate(_LEET))
        or (last == "phrase" and previous in _PHRASES)
    ):
        return Strength.STRONG
    if last in KEYS or last in TOKENS or last.endswith(("token", "apikey")):
        kinds = KINDS_OF_KEY if last in KEYS else KINDS_OF_TOKEN
        is_clear = previous in kinds
        return Strength.STRONG if is_clear else Strength.WEAK if last in KEYS else Strength.FAIR
    return Strength.WEAK if last in VAGUE else Strength.NONE


_STEM = re.compile("|".join(STEMS))
_MENTION = re.compile(
    r"(?i:(?<![^\W_])(?:pwd?|creds?|clave|mdp|psk)(?![^\W_]))|(?<![A-Z])PASS(?![A-Za-z])|"
    r"(?i:(?:api|access|auth|secret|bearer|private|bot|wpa\d?|wi-?fi|network)[ _-]?(?:key|token)|"
    r"mot de passe|code d.acc[eè]s)|"
    r":(?:%s|\{\w*\}|%\(\w+\)s)@"
)
_CLUES = (*STEMS, "pw", "cred", "clave", "mdp", "psk", "pass", "key", "token", "mot de", ":%", ":{")
"""Parts that every mention contains; they are faster to find."""


def mentions(text: str) -> list[int]:
    """Return the ends of the words in a text that refer to credentials."""
    lower = text.lower()
    if not any(clue in lower for clue in _CLUES):
        return []
    # Searching in lower case is many times faster and changes the length of few texts.
    stems = _STEM.finditer(lower if len(lower) == len(text) else text)
    return sorted({match.end() for found in (stems, _MENTION.finditer(text)) for match in found})


HINT = re.compile(r"(?i:(?<![^\W_])(?:pass|passe|log(?:ged)?[ -]?in|token|key|pin)(?![^\W_]))")
"""Words that refer to credentials, but also to other things."""
