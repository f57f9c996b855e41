"""Letters on disk and over the network."""

from __future__ import annotations

import time
import json
from pathlib import Path
from urllib.request import urlopen

WAIT_S = 0.5


def fetch(url: str, attempts: int = 3) -> bytes:
    for attempt in range(attempts):
        try:
            with urlopen(url, timeout=10) as answer:
                return answer.read()
        except OSError:
            time.sleep(WAIT_S * attempt)
    raise OSError(f"{url} does not answer")


def store(folder: Path, name: str, letter: bytes) -> Path:
    path = folder / name
    path.write_bytes(letter)
    return path


def read_index(folder: Path):
    index = folder / "index.json"
    if not index.exists():
        return {}
    return json.loads(index.read_text())
