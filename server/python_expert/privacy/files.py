"""Of which files nothing may leave the machine."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from python_expert.privacy.git import ignored_by_git

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

DEFAULT_IGNORE = (
    # Environments and settings that are kept from others.
    *(".env", ".env.*", "*.env", ".envrc", "local_settings.py", "settings_local.py"),
    *("**/settings/local.py", ".streamlit/"),
    # Passwords and keys, also as modules.
    *("secret.*", "secrets.*", ".secrets.*", "*_secret.*", "*_secrets.*", "settings_secret*.py"),
    *("credential.*", "credentials", "credentials.*", "*_credentials.*", "client_secret*.json"),
    *("passwords.*", "password.txt", "api_keys.*", "service-account*.json"),
    *("*.pem", "*.key", "*.p12", "*.pfx", "*.p8", "*.jks", "*.keystore", "*.kdbx", "*.ppk"),
    *("*.gpg", "id_rsa*", "id_dsa*", "id_ecdsa*", "id_ed25519*"),
    # What programs keep theirs in.
    *(".netrc", "_netrc", ".pypirc", ".npmrc", ".pgpass", ".my.cnf", ".htpasswd", ".vault-token"),
    *(".git-credentials", ".dockercfg", "kubeconfig", "*.kubeconfig", "*.tfvars", "*.tfstate"),
    *(".ssh/", ".aws/", ".azure/", ".gnupg/", ".kube/", ".docker/", "**/.config/gcloud/"),
)
"""Files that hold keys, whatever git thinks of them; matched without regard to case."""


def withheld(path: Path | None, root: Path | None, ignore: Sequence[str]) -> str:
    """Why nothing of a file may leave the machine.

    Reads the disk and runs git: not for the loop.

    Args:
        path: The file; None for a text that was never saved.
        root: The folder that patterns are relative to.
        ignore: Further patterns, as in a .gitignore; one that begins with ``!`` has no effect.

    Returns:
        The reason, for people; empty if there is none.
    """
    return withheld_among([path], root, ignore).get(path, "") if path else ""


def withheld_among(
    paths: Iterable[Path], root: Path | None, ignore: Sequence[str]
) -> dict[Path, str]:
    """The same for several files, git being asked once for each repository.

    Returns:
        The reason for each file of which nothing may leave the machine.
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
    """A file and all that it is reached through, each with no link above it.

    What is ignored may be the file, a link to it, or a linked folder that it is in.
    """
    path = Path(os.path.abspath(path))  # noqa: PTH100 - must not follow links
    links = [each for each in (path, *path.parents) if each.is_symlink()]
    ways = [_real(each.parent) / each.name for each in (path, *links)]
    return list(dict.fromkeys([*ways, _real(path)]))


def _real(path: Path) -> Path:
    """A path without links; one that leads round in a circle stays as it is."""
    return Path(os.path.realpath(path))


class _Patterns:
    """The patterns of the settings, and the built-in ones."""

    def __init__(self, ignore: Sequence[str]) -> None:
        from pathspec import GitIgnoreSpec  # noqa: PLC0415 - nothing slow before it is needed

        # What one source withholds, no pattern of another may let out.
        self._ignore = [each for each in ignore if each.strip() and each.lstrip()[0] not in "#!"]
        self._default = GitIgnoreSpec.from_lines(DEFAULT_IGNORE)
        self._fault = ""
        try:
            self._own = GitIgnoreSpec.from_lines(self._ignore)
        except ValueError as error:
            self._own = GitIgnoreSpec.from_lines([])
            self._fault = f"a pattern in the setting 'privacy.ignore' cannot be read: {error}"

    def reason(self, ways: Sequence[Path], root: Path | None) -> str:
        """Why a file is withheld, or empty."""
        if self._fault:
            return self._fault
        for way in ways:
            name = _relative(way, root)
            number = self._own.check_file(name).index
            if number is not None:
                return f"it matches '{self._ignore[number]}' in the setting 'privacy.ignore'"
            number = self._default.check_file(name.lower()).index
            if number is not None:
                return f"it matches '{DEFAULT_IGNORE[number]}', as files that hold keys do"
        return ""


def _relative(path: Path, root: Path | None) -> str:
    """A path as patterns see it: from the root, or from the top where it is outside of it."""
    for base in (root, _real(root)) if root else ():
        if path.is_relative_to(base):
            return path.relative_to(base).as_posix()
    return path.relative_to(path.anchor).as_posix()
