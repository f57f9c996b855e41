"""Selection of the files whose content must never leave the machine."""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from python_expert.privacy.git import ignored_by_git
from python_expert.privacy.patterns import Pattern
from python_expert.text.repository import enclosing

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

DEFAULT_IGNORE = (
    # Environments and settings that are kept private.
    *(".env", ".env.*", "*.env", ".envrc", "local_settings.py", "settings_local.py"),
    *("**/settings/local.py", ".streamlit/"),
    # Passwords and keys, also as modules.
    *("secret.*", "secrets.*", ".secrets.*", "*_secret.*", "*_secrets.*", "settings_secret*.py"),
    *("credential.*", "credentials", "credentials.*", "*_credentials.*", "client_secret*.json"),
    *("passwords.*", "password.txt", "api_keys.*", "service-account*.json"),
    *("*.pem", "*.key", "*.p12", "*.pfx", "*.p8", "*.jks", "*.keystore", "*.kdbx", "*.ppk"),
    *("*.gpg", "id_rsa*", "id_dsa*", "id_ecdsa*", "id_ed25519*"),
    # Files in which programs store passwords and keys.
    *(".netrc", "_netrc", ".pypirc", ".npmrc", ".pgpass", ".my.cnf", ".htpasswd", ".vault-token"),
    *(".git-credentials", ".dockercfg", "kubeconfig", "*.kubeconfig", "*.tfvars", "*.tfstate"),
    *(".ssh/", ".aws/", ".azure/", ".gnupg/", ".kube/", ".docker/", "**/.config/gcloud/"),
)
"""Files with keys, even if git does not ignore them; matched without regard to case."""


def withheld(path: Path | None, root: Path | None, ignore: Sequence[str]) -> str:
    """Return why the content of a file must not leave the machine, or an empty string.

    Reads the disk and runs git, so do not call it on the event loop.

    Args:
        path: The file; None for a text that was never saved.
        root: The project's folder; patterns are relative to it and to each folder that contains it.
        ignore: Further patterns, as in a .gitignore; one that begins with ``!`` has no effect.

    Returns:
        A message with the reason; empty if there is none.
    """
    return withheld_among([path], root, ignore).get(path, "") if path else ""


def withheld_among(
    paths: Iterable[Path], root: Path | None, ignore: Sequence[str]
) -> dict[Path, str]:
    """Return why the contents of files must not leave the machine; see `withheld`.

    Git runs once for each repository.

    Returns:
        The reason for each file whose content must not leave the machine.
    """
    patterns = _Patterns(ignore)
    ways = {path: _ways_to(path) for path in paths}
    reasons = {path: patterns.reason(each, root) for path, each in ways.items()}
    asked = {path: each for path, each in ways.items() if not reasons[path]}
    by_git = ignored_by_git({way for each in asked.values() for way in each})
    for path, each in asked.items():
        reasons[path] = next((by_git[way] for way in each if way in by_git), "")
    return {path: reason for path, reason in reasons.items() if reason}


def _ways_to(path: Path) -> list[Path]:
    """Return a file and all paths that lead to it, with no link above the last part.

    The ignored path may be the file, a link to it, or a linked folder that contains it.
    """
    path = Path(os.path.abspath(path))  # noqa: PTH100 - must not follow links
    links = [each for each in (path, *path.parents) if each.is_symlink()]
    ways = [_real(each.parent) / each.name for each in (path, *links)]
    return list(dict.fromkeys([*ways, _real(path)]))


def _real(path: Path) -> Path:
    """Return a path without links; a circular link is returned unchanged."""
    return Path(os.path.realpath(path))


class _Patterns:
    """The patterns of the settings and the built-in ones."""

    def __init__(self, ignore: Sequence[str]) -> None:
        # A pattern from one source cannot re-include what another source excludes.
        kept = [each for each in ignore if each.strip() and each.lstrip()[0] not in "#!"]
        self._fault = ""
        try:
            self._own = [(text, Pattern.of(text)) for text in kept]
        except ValueError as error:
            self._fault = f"a pattern in the setting 'privacy.ignore' cannot be read: {error}"

    def reason(self, ways: Sequence[Path], root: Path | None) -> str:
        """Return why a file is withheld, or empty."""
        if self._fault:
            return self._fault
        for way in ways:
            names = _relative(way, root)
            for text, pattern in self._own:
                if any(map(pattern.matches, names)):
                    return f"it matches '{text}' in the setting 'privacy.ignore'"
            lower = [part.lower() for part in names[0]]
            for text, pattern in _default():
                if pattern.matches(lower):
                    return f"it matches '{text}', as files that hold keys do"
        return ""


@cache
def _default() -> list[tuple[str, Pattern]]:
    """Return the built-in patterns; they are compiled on first use."""
    return [(text, Pattern.of(text)) for text in DEFAULT_IGNORE]


def _relative(path: Path, root: Path | None) -> list[tuple[str, ...]]:
    """Return a path in the forms that patterns are matched with, part by part.

    Patterns may refer to the root or to a folder that contains it, so the path is made relative to
    each of these. A path outside of all of them is made relative to the root of the file system.
    """
    for base in (root, _real(root)) if root else ():
        if path.is_relative_to(base):
            return [path.relative_to(each).parts for each in enclosing(base)]
    return [path.relative_to(path.anchor).parts]
