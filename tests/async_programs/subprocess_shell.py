import subprocess
import sys


def run(command: str) -> tuple[int, bytes]:
    process = subprocess.Popen(command, shell=True, stdout=subprocess.PIPE)
    out, _ = process.communicate()
    return process.returncode, out.strip()


def code(command: str) -> int:
    return subprocess.Popen(command, shell=True).wait()


if __name__ == "__main__":
    print(run(f'"{sys.executable}" -c "print(6 * 7)"'))
    print(code(f'"{sys.executable}" -c "raise SystemExit(5)"'))
