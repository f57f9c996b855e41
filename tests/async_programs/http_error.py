import sys
import urllib.error
import urllib.request


def code(url: str) -> int:
    try:
        with urllib.request.urlopen(url) as response:
            return int(response.status)
    except urllib.error.HTTPError as error:
        return error.code
    finally:
        print("asked")


print(code(sys.argv[1] + "/missing"))
