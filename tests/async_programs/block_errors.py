def load(name: str) -> str:
    text = "nothing"
    try:
        with open(name, encoding="utf-8") as file:
            text = file.read()
            int(text)
    except FileNotFoundError:
        text += " found"
    except ValueError:
        return f"no number: {text}"
    finally:
        print("looked at", name)
    return text


def main() -> None:
    with open("a", "w", encoding="utf-8") as file:
        file.write("12")
    with open("b", "w", encoding="utf-8") as file:
        file.write("x")
    print(load("a"), load("b"), load("c"))


if __name__ == "__main__":
    main()
