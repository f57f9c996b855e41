import subprocess
import sys


def run(code: str) -> str:
    result = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=False,  # the caller looks
    )
    return f"{result.returncode} {result.stdout.strip()}"


def main() -> None:
    print(run("print(1 + 1)"))
    print(run("raise SystemExit(4)"))
    try:
        subprocess.check_call([sys.executable, "-c", "raise SystemExit(5)"])
    except subprocess.CalledProcessError as error:
        print("failed with", error.returncode)


if __name__ == "__main__":
    main()
