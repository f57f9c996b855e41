import time
from pathlib import Path


class Config:
    def __init__(self, name: str) -> None:
        self.text = Path(name).read_text(encoding="utf-8")

    def save(self, name: str) -> None:
        Path(name).write_text(self.text + "saved", encoding="utf-8")


def main() -> None:
    Path("a").write_text("text ", encoding="utf-8")
    time.sleep(0)
    config = Config("a")
    config.save("b")
    print(Path("b").read_text(encoding="utf-8"), Config("b").text)


if __name__ == "__main__":
    main()
