import tempfile
import zipfile
from pathlib import Path


def pack(names: list[str], target: Path) -> int:
    with zipfile.ZipFile(target, "w") as archive:
        for name in names:
            archive.writestr(name, name * 3)
    return target.stat().st_size


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "a.zip"
        size = pack(["x", "y"], target)
        with zipfile.ZipFile(target) as archive:
            print(archive.namelist(), archive.read("y"), size > 0)


if __name__ == "__main__":
    main()
