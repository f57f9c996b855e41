import shutil
import time
from pathlib import Path


def handle(command: str) -> str:
    key = lambda text: text.lower()  # noqa: E731
    match key(command).split():
        case ["wait", seconds]:
            time.sleep(float(seconds))
            return "waited"
        case ["copy", source, target]:
            return str(shutil.copy(source, target))
        case _:
            return "unknown"


if __name__ == "__main__":
    Path("a").write_text("x")
    print(handle("WAIT 0.001"), handle("copy a b"), handle("dance"))
