"""What is read over the network, here from data URLs."""

import json
import urllib.request
from urllib.request import Request, urlopen

HELLO = "data:application/json,%7B%22a%22%3A1%7D"


def fetch(url=HELLO):
    with urllib.request.urlopen(url) as response:
        return json.load(response)


def head(url, *, size=2):
    return urlopen(Request(url)).read(size)


class Client:
    def __init__(self, base):
        self.base = base

    def get(self, path=""):
        with urlopen(self.base + path) as response: return response.read().decode()

    def all(self, paths):
        return {path: self.get(path) for path in paths}


def describe(value):
    return f"{value}"


def main():
    print(fetch(), head("data:,xyz"), Client("data:,a").all(["b", "c"]), describe(1))


if __name__ == "__main__":
    main()
