"""Child processes and files."""

import subprocess
import sys
import tempfile
from pathlib import Path
from subprocess import PIPE, run


def version():
    done = subprocess.run([sys.executable, "-c", "print(3)"], capture_output=True, text=True, check=True)
    return done.stdout.strip()


def upper(text):
    code = "import sys; print(sys.stdin.read().upper(), end='')"
    return run([sys.executable, "-c", code], input=text, stdout=PIPE, text=True, check=False).stdout


def write(path, lines, *, mode="w"):
    with open(path, mode) as file:
        for line in lines:
            file.write(line + "\n")


def read(path):
    return [line.rstrip() for line in open(path)], Path(path).read_text().count("\n")


def describe(value):
    return f"{value}"


def main():
    with tempfile.TemporaryDirectory() as folder:
        path = f"{folder}/a.txt"
        write(path, ["a", "b"])
        write(path, "c", mode="a")
        print(version(), upper("x"), read(path), describe(1))


if __name__ == "__main__":
    main()
