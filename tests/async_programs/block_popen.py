import subprocess
import sys


def lines(code: str) -> list[bytes]:
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        found = [line.strip() for line in process.stdout]
    return [*found, str(process.returncode).encode()]


if __name__ == "__main__":
    print(lines("print(1); print(2); raise SystemExit(3)"))
