"""Secrets with a known format."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Final

from python_expert.privacy.spans import united

if TYPE_CHECKING:
    from collections.abc import Iterator

    from python_expert.privacy.spans import Span

UNMISTAKABLE = re.compile(
    r"""
    \$(?:apr1|[156y]|2[abxy]|argon2\w{1,2}|pbkdf2[\w-]*|scrypt|bcrypt)\$[^\s"'`:]{16,}
    | \{S?(?:SHA\d{0,3}|MD5|CRYPT)\}[\w+/=$.]{16,}           # hashed passwords
    | sk-ant-[\w-]{8,}                                        # Anthropic
    | \bsk-(?:proj|svcacct|admin|or-v1)-[\w-]{16,}          # OpenAI and others of its kind
    | \bsk-[A-Za-z0-9]{32,}
    | (?:gh[oprsu]_[A-Za-z0-9]{36,} | github_pat_\w{22,})
    | \bglpat-[\w-]{16,}
    | \b(?:AKIA|ASIA|ABIA|ACCA|A3T[A-Z0-9])[A-Z0-9]{16}\b   # AWS
    | xox[a-z]-[A-Za-z0-9-]{10,} | xapp-\d-[A-Za-z0-9-]{10,}
    | \b[rsp]k_(?:live|test)_[A-Za-z0-9]{16,} | \bwhsec_[A-Za-z0-9+/=]{16,}
    | \bAIza[\w-]{35}                                       # Google
    | \bhf_[A-Za-z0-9]{30,}                                 # Hugging Face
    | \bpypi-AgEI[\w-]{16,} | \bnpm_[A-Za-z0-9]{36}
    | \b(?:shp(?:at|ca|pa|ss)_ | do[opr]_v1_ | lin_api_ | figd_ | glsa_ | glc_ | gl(?:rt|dt|ptt|ft)-
      | PMAK- | ATATT3 | dckr_pat_ | hv[sb]\. | dp\.[ps]t\. | rubygems_ | r8_ | xai- | gsk_ | pplx-
      | NRAK- | sntr[yu]s?_ | sq0(?:atp|csp)- | ya29\. | AGE-SECRET-KEY-1 | ntn_ | pul-(?=\w*\d)
      | key-(?=[0-9a-f]{32}\b) | dapi(?=[0-9a-f]{32}\b) | [sp]k\.eyJ)[\w.=-]{16,}   # and others
    | \bSG\.[\w-]{16,}\.[\w-]{16,}                        # SendGrid
    | \beyJ[\w-]{8,}={0,2}\.[\w-]{4,}={0,2}(?:\.[\w-]*={0,2}){0,3}   # JSON web tokens
    """,
    re.VERBOSE,
)
"""Formats so specific that no name in a program has them."""

_UNQUOTED = r"=(?=[^\s;&\"']{0,80}\d)([^\s;&,\"'`{}<>()\[\]\\$%.]{__,})(?![(\w.\[])"
"""A value with a digit, assigned without quotes, as in addresses and lists of settings."""

_IN_TEXT = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"\b(?:Bearer|Basic|Token)\s+(?=\S*\d)([\w.~+/=-]{8,})",
        r"\b(?:Bearer|Basic|Token)\s+([\w.~+/=-]{24,})",
        r"(?:password|passwd|pwd|secret)" + _UNQUOTED.replace("__", "4"),
        r"(?:token|key|sig|signature)" + _UNQUOTED.replace("__", "8"),
    )
)

_KEY_BLOCK = re.compile(
    r"-----BEGIN [A-Z0-9 ]*PRIVATE KEY[A-Z ]*-----"
    r"(?P<body>[\w+/=\s\\\"'#:,.-]{0,10000}?)"
    r"(?:-----END [A-Z0-9 ]*PRIVATE KEY[A-Z ]*-----|(?=[^\w+/=\s\\\"'#:,.-])|\Z)"
)
_DENSE = re.compile(r"[^\s\"'`]{15,}")
"""A word that may contain an unmistakable secret: the shortest has 15 characters."""

_RUN = re.compile(r"[\w+/=-]{20,}")
"""A run of characters that every secret found by detect-secrets contains."""

_AROUND: Final = 200
"""The most characters between such a run and the context that identifies it as a secret."""

_KEY_DATA = re.compile(r"[A-Za-z0-9+/]{12}")

_USERINFO = re.compile(
    r"(?<=://)(?P<user>[^\s/:'\"?#@]{0,300})(?::(?!\d+[/?#])(?P<password>[^\s/'\"?]{0,300}))?@(?=[\w\[{])"
)
_FIELD = re.compile(r"\{[^{}\s]*\}|%\(\w+\)s|%s|\$\{?\w+\}?|<[\w -]+>|\*+")
_NAMED_FIELD = re.compile(r"(?:[A-Z]+_)*(?:PASS(?:WORD|WD)?|PWD?|SECRET|TOKEN|KEY)")
"""A placeholder for a password in an address."""

_LONG_TOKEN = re.compile(r"(?=.*\d)[\w-]{16,}")


def unmistakable(code: str) -> Iterator[Span]:
    """Yield secrets with an unmistakable format, regardless of their context."""
    for dense in _DENSE.finditer(code):
        for match in UNMISTAKABLE.finditer(code, *dense.span()):
            yield match.span()
    yield from _userinfo(code)


def key_blocks(code: str) -> Iterator[Span]:
    """Yield private keys, from their first line to their last."""
    for match in _KEY_BLOCK.finditer(code):
        if _KEY_DATA.search(match["body"]):
            yield match.span()


def in_text(code: str) -> Iterator[Span]:
    """Yield secrets whose format is reliable only in a string or a comment."""
    for pattern in _IN_TEXT:
        for match in pattern.finditer(code):
            yield match.span(1)
    runs = [each.span() for each in _RUN.finditer(code)]
    for start, end in united((max(0, start - _AROUND), end + _AROUND) for start, end in runs):
        for pattern in _patterns():
            for match in pattern.finditer(code, start, end):
                yield _part(match)


@cache
def _patterns() -> tuple[re.Pattern[str], ...]:
    """Return the patterns of detect-secrets, except the one for npm.

    That pattern scans to the end of the line from each pair of slashes. Our own patterns find the
    same secrets. The search of detect-secrets is not used, because it verifies some findings over
    the network.
    """
    from detect_secrets.plugins import (  # noqa: PLC0415 - slow to import, and rarely needed
        artifactory,
        aws,
        azure_storage_key,
        cloudant,
        discord,
        gitlab_token,
        ibm_cloud_iam,
        ibm_cos_hmac,
        mailchimp,
        pypi_token,
        sendgrid,
        slack,
        softlayer,
        square_oauth,
        telegram_token,
        twilio,
    )

    detectors = (
        *(artifactory.ArtifactoryDetector, aws.AWSKeyDetector),
        *(azure_storage_key.AzureStorageKeyDetector, cloudant.CloudantDetector),
        *(discord.DiscordBotTokenDetector, gitlab_token.GitLabTokenDetector),
        *(ibm_cloud_iam.IbmCloudIamDetector, ibm_cos_hmac.IbmCosHmacDetector),
        *(mailchimp.MailchimpDetector, pypi_token.PypiTokenDetector),
        *(sendgrid.SendGridDetector, slack.SlackDetector, softlayer.SoftlayerDetector),
        *(square_oauth.SquareOAuthDetector, telegram_token.TelegramBotTokenDetector),
        twilio.TwilioKeyDetector,
    )
    return tuple(pattern for detector in detectors for pattern in detector().denylist)


def _part(match: re.Match[str]) -> Span:
    """Return the secret in a match: a long group, or else all but the delimiters."""
    spans = [match.span(number) for number in range(1, (match.re.groups or 0) + 1)]
    longest = max(spans, key=lambda span: span[1] - span[0], default=(0, 0))
    if longest[1] - longest[0] >= 16:  # noqa: PLR2004 - shorter ones are names
        return longest
    found = match[0]
    start = match.start() + len(found) - len(found.lstrip(" \t\r\n\"'=:"))
    return (start, match.start() + len(found.rstrip(" \t\r\n\"'")))


def _userinfo(code: str) -> Iterator[Span]:
    """Yield passwords in addresses, and user names that look like tokens, but no placeholders."""
    for match in _USERINFO.finditer(code):
        if _NAMED_FIELD.fullmatch(match["password"] or ""):
            continue
        for group in ("user", "password"):
            if match[group] is None or (group == "user" and not _LONG_TOKEN.search(match[group])):
                continue
            at = match.start(group)
            for field in _FIELD.finditer(code, at, match.end(group)):
                yield (at, field.start())
                at = field.end()
            yield (at, match.end(group))
