"""The words in names, and which of them make an English sentence."""

from __future__ import annotations

import re

from python_expert.analysis.words import words

_WORD = re.compile(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+|[A-Z]+|\d+|[^\W\d_A-Za-z]+")

_UPPER = words(
    "api ascii asgi cli cpu css csv db dns eof ftp gpu gui html http https id io ip json jwt os "
    "pdf php pid rpc rsa sdk sha sql ssh ssl tcp tls toml tty udp ui uri url utc utf uuid wsgi "
    "xml yaml"
)

VERBS = words(
    "abort accept acquire activate add adjust allocate analyze append apply assign attach bind "
    "build calculate cancel capture check choose clean clear clone close collapse collect combine "
    "compare compile compress compute configure connect consume convert copy create deactivate "
    "decode decompress decorate decrypt delete deliver derive deserialize detach detect determine "
    "disable discard disconnect discover dispatch download drain drop dump emit enable "
    "encode encrypt enumerate escape evaluate exclude execute expand export extract fetch fill "
    "filter find flatten flush forget format freeze generate hash hide ignore import "
    "initialize inject insert inspect install interpolate intersect invalidate invoke join keep "
    "launch list load lock log lookup mark mask match merge migrate modify normalize notify open "
    "override pad parse persist ping plot poll populate prepare prepend preserve print propagate "
    "protect prune publish purge push query raise read rebuild receive record recover redirect "
    "reduce refresh register reject release reload remove rename render repeat replace report "
    "request require reset resize resolve restart restore retrieve revert rewrite rotate route "
    "sanitize save scan schedule search select send serialize set show shuffle sign simplify skip "
    "sort start stop store strip submit subscribe suppress swap synchronize terminate toggle "
    "tokenize transform translate traverse trigger trim truncate uninstall unlock unpack unquote "
    "unregister unsubscribe unwrap update upgrade upload validate verify wrap write"
)
"""Verbs that take an object, as the first word of a function's name."""

NOUNS_AS_WELL = words(
    "check dump escape filter format hash join launch list lock log mark mask pad ping plot poll "
    "query record redirect release repeat report request reset route schedule search set sign "
    "sort start stop store swap trigger update upgrade upload"
)
"""Those that are often nouns: ``sort_key`` and ``log_level`` name what they return."""

CREATING = words(
    "add allocate append build create emit generate insert launch raise register unregister"
)
"""Verbs whose object is a new one, or one of several."""

ACTING_ON = words(
    "add append clone decode decompress decrypt delete deserialize discard dispatch encode "
    "encrypt escape evaluate execute extract flatten forget format normalize parse prepend "
    "publish push register reject remove render sanitize send serialize sign simplify strip "
    "submit tokenize traverse truncate unquote unregister unsubscribe unwrap validate verify "
    "write"
)
"""Verbs whose object is the first parameter."""

ON_ITSELF = words(
    "abort clear close flush lock pause refresh reload reset restart resume start stop"
)
"""Verbs whose object is the object itself, where a method takes no parameters."""

ADJECTIVES = words(
    "active alive atomic available callable clean closed compatible complete dirty done empty "
    "equal executable final finite free hidden idle immutable infinite missing mutable nullable "
    "obsolete open optional pending present private public readonly ready relative safe secure "
    "stable static valid visible"
)
"""What things are, as names that begin with ``is`` say it, beside participles."""

_STOP = words(
    "a after again all along among an and any around as async at auth back before behind below "
    "between by criteria current default down during each early every extra first for forever "
    "from here if in internal into it its last late many max min more multi my near new next no "
    "not now of off on only opt opts or other our out over per pre prev previous raw req reqs "
    "same self simple since so still sync than that the their then this through to too twice "
    "under until up via when where while with within without yet"
)
"""Words with which the rest of a name is no thing."""

_UNCOUNTED = words(
    "CSS CSV HTML JSON PDF SQL TOML XML YAML content data help information input json markdown "
    "metadata middleware output text"
)
"""Nouns that take no article."""

_SPELT_OUT = {
    "args": "arguments", "argv": "command-line arguments", "attr": "attribute",
    "attrs": "attributes", "cmd": "command", "col": "column",
    "cols": "columns", "config": "configuration", "conn": "connection", "dir": "directory",
    "dirs": "directories", "env": "environment", "func": "function", "funcs": "functions",
    "lang": "language", "msg": "message", "obj": "object",
    "param": "parameter", "params": "parameters", "prop": "property", "props": "properties",
    "repo": "repository", "spec": "specification", "temp": "temporary", "tmp": "temporary",
    "var": "variable", "vars": "variables",
}  # fmt: skip
"""Abbreviations that a sentence spells out."""


_LONGEST = 11
_LONG = re.compile("(ance|ent|er|ic|ing|ion|ity|or|ure|ancy)s?$|ities$")
"""How words end that are long by nature; others are several words: ``getfullargspec``."""


def split(name: str) -> list[str]:
    """The words of a name: lower case, but acronyms upper case."""
    found = []
    for word in _WORD.findall(name):
        is_acronym = word.lower() in _UPPER or (len(word) > 1 and word.isupper() and word != name)
        found.append(word.upper() if is_acronym and not name.isupper() else word.lower())
    return [word.upper() if word in _UPPER else word for word in found] or [name]


def singular(word: str) -> str:
    """A word without the ending of its plural."""
    if word.endswith("ies"):
        return f"{word[:-3]}y"
    return word[:-1] if is_plural(word) else word


def is_plural(word: str) -> bool:
    """Whether a noun is plural."""
    return word.lower().endswith("s") and not word.lower().endswith(("ss", "us", "is", "os", "as"))


def thing(rest: list[str]) -> list[str]:
    """Words of a name as a sentence has them; empty if they do not name a thing."""
    is_english = all(
        (word.isupper() and word.lower() in _UPPER)
        or word in _SPELT_OUT
        or (word.isascii() and word.isalpha() and len(word) > 2 and set(word) & set("aeiouy"))  # noqa: PLR2004
        for word in rest
    )
    if not rest or not is_english or _STOP & {word.lower() for word in rest}:
        return []
    if re.search("(ally|tly|[^e]ed)$", rest[-1]) or rest[-1] in ADJECTIVES:
        return []
    if any(len(word) > _LONGEST and not _LONG.search(word) for word in rest):
        return []
    return [_SPELT_OUT.get(word, word) for word in rest]


def the(rest: list[str]) -> str:
    """Words with a definite article, where one is usual."""
    return " ".join(rest if rest[-1] in _UNCOUNTED else ["the", *rest])


def one(rest: list[str]) -> str:
    """Words with an indefinite article, or none if they are plural."""
    text = " ".join(rest)
    if is_plural(rest[-1]) or rest[-1] in _UNCOUNTED:
        return text
    is_spelt = text.split(" ", maxsplit=1)[0].isupper() and text[0] in "AEFHILMNORSX"
    is_open = text[0].lower() in "aeiou" and not re.match("uni|use|one|eu|uti|U", text)
    return f"{'an' if is_spelt or is_open else 'a'} {text}"


def imperative(verb: str) -> str:
    """A verb as a sentence begins with it."""
    return "Look up" if verb == "lookup" else verb.capitalize()
