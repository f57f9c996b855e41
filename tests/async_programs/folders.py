import os
import tempfile
from pathlib import Path


def names(top: Path) -> list[str]:
    return sorted(path.relative_to(top).as_posix() for path in top.rglob("*"))


def sizes(top: str) -> dict[str, int]:
    found = {}
    for folder, _, files in os.walk(top):
        for name in files:
            found[name] = os.path.getsize(os.path.join(folder, name))
    return found


def empty(top: Path) -> int:
    found = [path for path in top.iterdir() if path.is_file()]
    for path in top.iterdir():
        if path.is_file():
            path.unlink()
    return len(found) + len(list(top.iterdir()))


def missing(top: Path) -> str:
    try:
        for path in (top / "none").iterdir():
            return path.name
    except FileNotFoundError as error:
        return type(error).__name__
    return ""


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as name:
        top = Path(name)
        (top / "sub").mkdir()
        (top / "sub" / "a.txt").write_text("alpha", encoding="utf-8")
        (top / "b.txt").write_text("be", encoding="utf-8")
        print(names(top))
        print(sizes(name))
        print(missing(top))
        print(empty(top), names(top))
