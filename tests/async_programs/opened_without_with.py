def read(name: str) -> str:
    file = open(name, encoding="utf-8")  # noqa: SIM115
    try:
        return file.read()
    finally:
        file.close()


def main() -> None:
    target = open("a", "w", encoding="utf-8")  # noqa: SIM115
    target.write("text")
    target.close()
    print(read("a"), target.closed)


if __name__ == "__main__":
    main()
