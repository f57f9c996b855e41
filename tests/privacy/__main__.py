"""Print how many secrets the filter lets through, and how many other strings it replaces."""

from __future__ import annotations

import sys

from tests.privacy.replacements import folders, replaced
from tests.privacy.spellings import CORPORA, cases, leaked, lost


def main() -> None:
    """Print both counts with their details."""
    say = sys.stdout.write
    for corpus in CORPORA:
        for kind, failed, title in (
            ("secrets", leaked, "secrets let through"),
            ("innocent", lost, "innocent words lost"),
        ):
            found = cases(corpus, kind)
            wrong = {each.id: words for each in found if (words := failed(each))}
            say(f"{corpus}: {title}: {len(wrong)} of {len(found)} cases")
            say(f" ({100 * len(wrong) / len(found):.1f} %)\n")
            for name, words in wrong.items():
                say(f"    {name}: {', '.join(words)}\n")
    for name, folder in folders().items():
        counted = replaced(folder)
        say(f"{name}: {len(counted.words)} replaced in {counted.lines:,} lines")
        say(f" ({counted.rate:.3f} for each 1,000)\n")
        for file, word in counted.words:
            say(f"    {file}: {word[:60]!r}\n")


if __name__ == "__main__":
    main()
