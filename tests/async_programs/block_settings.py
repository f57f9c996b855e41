import configparser


def save(path: str, name: str) -> None:
    parser = configparser.ConfigParser()
    parser["user"] = {"name": name}
    with open(path, "w", encoding="utf-8") as file:
        parser.write(file)


def load(path: str) -> str:
    parser = configparser.ConfigParser()
    with open(path, encoding="utf-8") as file:
        parser.read_file(file)
    return parser.get("user", "name")


if __name__ == "__main__":
    save("settings.ini", "Ada")
    print(load("settings.ini"))
