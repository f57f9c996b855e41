"""Every prefix of a string, in every case, and implicit joins."""

import time

TEXTS = [r"\n", R"\n", u"u", U"U", f"{1}", F"{1}", fr"\{1}", fR"\{1}", Fr"\{1}", rf"\{1}", RF"\{1}"]
BYTES = [b"b", B"B", br"\n", bR"\n", Br"\n", BR"\n", rb"\n", rB"\n", Rb"\n", RB"\n"]
JOINED = "a" 'b' """c""" r"\d" f"{1 + 1}" u"e"
ESCAPES = "\a\b\f\v\0\x41\101\u0041\U00000041\N{LATIN SMALL LETTER A}\\\'\"\
joined"
MULTI = '''one
two "quoted" \
three
'''


def raw(pattern=r"\w+\"", *, end=rb'\''):
    return pattern + end.decode()


def braces(x):
    return f"{{{x}}}" f'{x!s:{"<"}{5}}|' rf"\{x:02d}" f"""{
        x
    }"""


def describe(value):
    return f"{value!r:^10}" "." 'x'


def read():
    time.sleep(0.001)
    with open(__file__, "rb") as file:
        return file.read(3) == b'"""'


def main():
    print(TEXTS, BYTES, JOINED, repr(ESCAPES), MULTI, raw(), braces(7), describe(1), read())


if __name__ == "__main__":
    main()
