import sys

import requests


def status(url: str) -> int:
    response = requests.get(url, timeout=5)
    response.raise_for_status()
    return response.status_code


def paths(url: str) -> list[str]:
    return [requests.get(url + path, timeout=5).json()["path"] for path in ("/x", "/y")]


if __name__ == "__main__":
    print(status(sys.argv[1]))
    print(paths(sys.argv[1]))
