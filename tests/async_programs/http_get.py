import json
import sys
import urllib.request


def fetch(url: str) -> dict[str, str]:
    with urllib.request.urlopen(url, timeout=5) as response:
        found: dict[str, str] = json.loads(response.read())
    return found


def main() -> None:
    for path in ("/a", "/b"):
        print(fetch(sys.argv[1] + path)["path"])


if __name__ == "__main__":
    main()
