"""A web client that is never called here."""

import sys

try:
    import requests
except ImportError:
    requests = None


def get(url, timeout=5):
    response = requests.get(url, timeout=timeout)
    response.raise_for_status()
    return response.json()


def post(session, url, **data):
    return session.post(url, json=data).status_code


def all(urls):
    with requests.Session() as session:
        return [session.get(url).text for url in urls]


def describe(value):
    return f"{value}"


def main():
    if len(sys.argv) > 5:
        print(get(sys.argv[1]), all(sys.argv))
    print(describe("nothing asked"))


if __name__ == "__main__":
    main()
