"""A small program with something for each tool to find; see the README."""

import os
import subprocess
from datetime import datetime


def archive(folder: str, target) -> str:
    name = "backup-%s.tar" % datetime.now().date()
    subprocess.run(f"tar cf {target}/{name} {folder}", shell=True)
    return len(name)


def newest(names: list[str]) -> str | None:
    assert names
    return sorted(names)[-1].upper


if __name__ == "__main__":
    print(archive("notes", "/tmp"), newst(["a"]))
