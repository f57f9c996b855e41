import hashlib


def digest(path: str, size: int) -> str:
    found = hashlib.sha256()
    with open(path, "rb") as file:
        for part in iter(lambda: file.read(size), b""):
            found.update(part)
    return found.hexdigest()[:8]


def lines(path: str) -> list[str]:
    kept = []
    with open(path, encoding="utf-8") as file:
        for line in iter(lambda: file.readline(), "end\n"):
            kept.append(line.strip())
    return kept


if __name__ == "__main__":
    with open("parts.txt", "w", encoding="utf-8") as out:
        out.write("one\ntwo\nend\nthree\n")
    print(digest("parts.txt", 3), lines("parts.txt"))
