import sys

import requests


def crawl(url: str) -> list[str]:
    found = []
    with requests.Session() as session:
        for number in range(3):
            response = session.get(f"{url}/{number}", params={"q": "1"})
            found.append(response.json()["path"])
        print(session.post(url, json={"a": 1}).status_code)
    return found


if __name__ == "__main__":
    print(crawl(sys.argv[1]))
