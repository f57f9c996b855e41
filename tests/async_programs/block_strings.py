def main() -> None:
    name = "a"
    with open(name, "w", encoding="utf-8") as file:
        file.write("""first
    second
third""")
        file.write(f"""
  {name!r}
""")
        # The last line.
        file.write("end")  # without a line feed
    with open(
        name,
        encoding="utf-8",
    ) as file:
        print(repr(file.read()))


if __name__ == "__main__":
    main()
