from pathlib import Path


def collect(folder: Path) -> dict[str, int]:
    folder.mkdir(exist_ok=True)
    (folder / "a.txt").write_text("alpha", encoding="utf-8")
    (folder / "b.txt").write_text("be", encoding="utf-8")
    sizes = {}
    for path in sorted(folder.iterdir()):
        if path.suffix == ".txt":
            sizes[path.name] = len(path.read_text(encoding="utf-8"))
    return sizes


def main() -> None:
    folder = Path("data")
    print(collect(folder), folder.exists(), Path("data", "a.txt").read_bytes()[0])


if __name__ == "__main__":
    main()
