import subprocess
import sys


def shout(text: str) -> bytes:
    process = subprocess.Popen(
        [sys.executable, "-c", "import sys; print(sys.stdin.read().upper())"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    out, _ = process.communicate(text.encode())
    print(process.returncode)
    return out.strip()


def code(number: int) -> int:
    child = subprocess.Popen([sys.executable, "-c", f"raise SystemExit({number})"])
    return child.wait()


if __name__ == "__main__":
    print(shout("hello"))
    print(code(7) + 1)
