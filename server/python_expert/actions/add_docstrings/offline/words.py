"""The words in names, and what common names mean."""

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
    "abort accept acquire activate add adjust advance allow analyze append apply archive assert "
    "assign attach authenticate authorize await begin bind block broadcast build cache calculate "
    "call cancel capture cast change check choose clamp clean clear clip clone close collapse "
    "collect combine commit compare compile complete compose compress compute configure confirm "
    "connect consume contain continue convert copy count crawl create debug decode decompress "
    "decorate decrypt deduplicate define delete deliver derive describe deserialize detach detect "
    "determine disable discard disconnect discover dispatch display divide download drain draw "
    "drop dump duplicate echo edit emit enable encode encrypt end ensure enter enumerate escape "
    "estimate evaluate exclude execute exit expand expect explain export extend extract fail "
    "fetch fill filter finalize find finish fit fix flatten flush fold follow force forget format "
    "forward freeze generate get give go grab group guess handle hash hide hold identify ignore "
    "implement import include increment indent index infer inform init initialize inject insert "
    "inspect install instantiate interpolate intersect invalidate invoke isolate iterate join "
    "keep kill label launch limit link list listen load locate lock log lookup make map mark mask "
    "match maximize measure merge migrate minimize modify mount move multiply mutate normalize "
    "notify observe obtain omit open optimize override pack pad parse partition patch pause peek "
    "perform persist ping plot poll pop populate post prepare prepend preserve prevent print "
    "process produce profile prompt propagate provide prune publish pull purge push put query "
    "quit quote raise rank reach read rebuild receive reconnect record recover redirect reduce "
    "refresh register reject release reload remove rename render repeat replace reply report "
    "request require reserve reset resize resolve respond restart restore resume retrieve retry "
    "return reverse revert rewrite rotate round route run sample sanitize save scale scan "
    "schedule scrape search seek select send separate serialize serve set setup share shift show "
    "shuffle shut shutdown sign simplify skip sleep slice sort spawn split start stop store "
    "stream strip submit subscribe subtract sum suppress swap switch sync synchronize take tear "
    "tell terminate throw tokenize toggle touch trace track train transform translate traverse "
    "trigger trim truncate try unbind undo uninstall unlink unlock unpack unquote unregister "
    "unsubscribe unwrap update upgrade upload use validate verify visit wait walk warn watch "
    "wrap write yield zip"
)
"""Words that a function's name may begin with, as its summary does."""

_PHRASAL = {
    "init": "Initialize", "setup": "Set up", "shutdown": "Shut down", "lookup": "Look up",
    "sync": "Synchronize", "aclose": "Close", "aread": "Read", "teardown": "Tear down",
}  # fmt: skip

NO_ARTICLE = words(
    "a all an and any as at before by each every for from if in into it its many my no not of on "
    "only or our over self so that the their then this to until up via when where with without "
    "down out off"
)
"""Words that take no article before them."""

PARAMETERS = {
    "args": "Further positional arguments.",
    "argv": "The arguments of the command line.",
    "body": "The body.",
    "buffer": "The buffer to work on.",
    "callback": "Function to call.",
    "chunk_size": "How much to take at a time.",
    "content": "The content.",
    "cls": "The class.",
    "context": "The context to work in.",
    "cwd": "The working directory.",
    "data": "The data to work on.",
    "default": "What to use if nothing else is given.",
    "dest": "Where to put the result.",
    "destination": "Where to put the result.",
    "directory": "Path of the directory.",
    "encoding": "The text encoding.",
    "env": "The environment variables.",
    "errors": "How encoding errors are handled.",
    "exc": "The exception.",
    "exc_info": "The exception at hand.",
    "exc_tb": "The traceback of the exception, if there is one.",
    "exc_type": "The type of the exception, if there is one.",
    "exc_val": "The exception, if there is one.",
    "exc_value": "The exception, if there is one.",
    "file": "The file to work on.",
    "filename": "Name of the file.",
    "fn": "The function.",
    "force": "Whether to go on regardless.",
    "fp": "The open file.",
    "func": "The function.",
    "headers": "The headers.",
    "host": "Name or address of the host.",
    "index": "The position, counted from zero.",
    "instance": "The object it is accessed on.",
    "items": "The items to work on.",
    "iterable": "The items to go through.",
    "key": "The key.",
    "kwargs": "Further keyword arguments.",
    "length": "How long it is.",
    "level": "The level.",
    "limit": "The most there may be.",
    "logger": "The logger to write to.",
    "loop": "The event loop.",
    "message": "The message.",
    "mode": "The mode to work in.",
    "msg": "The message.",
    "name": "The name.",
    "obj": "The object to work on.",
    "offset": "Where to begin.",
    "other": "The object to compare or combine with.",
    "owner": "The class it is accessed on.",
    "params": "The parameters.",
    "password": "The password.",  # nosec B105 - a description
    "path": "The path.",
    "port": "Number of the port.",
    "prefix": "What comes first.",
    "quiet": "Whether to print less.",
    "recursive": "Whether to go into what lies below.",
    "retries": "How often to try again.",
    "seed": "Where the random numbers begin.",
    "sep": "What separates the parts.",
    "separator": "What separates the parts.",
    "size": "The size.",
    "source": "The source.",
    "start": "Where to begin.",
    "stop": "Where to end.",
    "strict": "Whether to be strict.",
    "suffix": "What comes last.",
    "target": "The target.",
    "tb": "The traceback.",
    "text": "The text to work on.",
    "timeout": "How long to wait at most.",
    "url": "The URL.",
    "user": "The user.",
    "username": "Name of the user.",
    "value": "The value.",
    "values": "The values.",
    "verbose": "Whether to print more.",
}
"""What parameters of common names mean; nothing that depends on the function."""

DUNDERS = {
    "__abs__": ("Return the absolute value.", "The absolute value."),
    "__aenter__": ("Enter the asynchronous context.", "What the context provides."),
    "__aexit__": ("Leave the asynchronous context.", "Whether the exception is suppressed."),
    "__aiter__": ("Iterate asynchronously.", "An asynchronous iterator."),
    "__anext__": ("Get the next item.", "The next item."),
    "__await__": ("Wait for the result.", "An iterator for the event loop."),
    "__bool__": ("Return whether it counts as true.", "Whether it counts as true."),
    "__bytes__": ("Convert to bytes.", "The bytes."),
    "__call__": ("Call the object as a function.", "The result of the call."),
    "__contains__": ("Return whether an item is contained.", "Whether the item is contained."),
    "__copy__": ("Make a shallow copy.", "The copy."),
    "__deepcopy__": ("Make a deep copy.", "The copy."),
    "__del__": ("Clean up before the object goes away.", "Nothing."),
    "__delattr__": ("Delete an attribute.", "Nothing."),
    "__delete__": ("Delete the attribute.", "Nothing."),
    "__delitem__": ("Delete an item.", "Nothing."),
    "__dir__": ("List the names of the attributes.", "The names."),
    "__enter__": ("Enter the context.", "What the context provides."),
    "__eq__": ("Return whether both are equal.", "Whether both are equal."),
    "__exit__": ("Leave the context.", "Whether the exception is suppressed."),
    "__float__": ("Convert to a float.", "The float."),
    "__format__": ("Format the object.", "The formatted text."),
    "__ge__": ("Return whether it is greater or equal.", "Whether it is greater or equal."),
    "__get__": ("Get the attribute's value.", "The value."),
    "__getattr__": ("Get an attribute not found otherwise.", "The attribute's value."),
    "__getattribute__": ("Get an attribute.", "The attribute's value."),
    "__getitem__": ("Get an item.", "The item."),
    "__getstate__": ("Get the state to pickle.", "The state."),
    "__gt__": ("Return whether it is greater.", "Whether it is greater."),
    "__hash__": ("Compute the hash.", "The hash."),
    "__index__": ("Convert to an index.", "The index."),
    "__init_subclass__": ("Set up a new subclass.", "Nothing."),
    "__int__": ("Convert to an integer.", "The integer."),
    "__invert__": ("Invert the object.", "The inverse."),
    "__iter__": ("Iterate over the items.", "An iterator over the items."),
    "__le__": ("Return whether it is less or equal.", "Whether it is less or equal."),
    "__len__": ("Count the items.", "The number of items."),
    "__lt__": ("Return whether it is less.", "Whether it is less."),
    "__missing__": ("Provide the value of a missing key.", "The value."),
    "__ne__": ("Return whether both differ.", "Whether both differ."),
    "__neg__": ("Return the negative.", "The negative."),
    "__new__": ("Create a new object.", "The new object."),
    "__next__": ("Get the next item.", "The next item."),
    "__post_init__": ("Complete the object after its fields are set.", "Nothing."),
    "__prepare__": ("Prepare the namespace of a class.", "The namespace."),
    "__reduce__": ("Describe how to pickle the object.", "The description."),
    "__repr__": ("Show the object to developers.", "The text to show."),
    "__reversed__": ("Iterate over the items backwards.", "An iterator over the items."),
    "__rich_console__": ("Render the object for a console.", "What to render."),
    "__set__": ("Set the attribute's value.", "Nothing."),
    "__set_name__": ("Learn the attribute's name.", "Nothing."),
    "__setattr__": ("Set an attribute.", "Nothing."),
    "__setitem__": ("Set an item.", "Nothing."),
    "__setstate__": ("Restore the pickled state.", "Nothing."),
    "__str__": ("Convert to text.", "The text."),
}
"""Summary and result of the special methods."""

OPERATORS = {
    "add": "Add", "and": "Intersect", "floordiv": "Divide and round down", "lshift": "Shift left",
    "matmul": "Multiply as matrices", "mod": "Compute the remainder", "mul": "Multiply",
    "or": "Combine", "pow": "Raise to a power", "rshift": "Shift right", "sub": "Subtract",
    "truediv": "Divide", "xor": "Combine exclusively",
}  # fmt: skip
"""What the operators' methods do, by their names without ``r`` and ``i``."""

EXCEPTIONS = {
    "AttributeError": "If there is no such attribute.",
    "FileNotFoundError": "If there is no such file.",
    "ImportError": "If something needed cannot be imported.",
    "IndexError": "If there is no such position.",
    "KeyError": "If there is no such key.",
    "NotImplementedError": "If this is not implemented.",
    "OSError": "If the system refuses.",
    "PermissionError": "If this is not permitted.",
    "RuntimeError": "If this is not possible now.",
    "StopAsyncIteration": "If there are no more items.",
    "StopIteration": "If there are no more items.",
    "SystemExit": "To end the program.",
    "TimeoutError": "If it takes too long.",
    "TypeError": "If something is of a wrong type.",
    "ValueError": "If a value is not valid.",
}
"""When well-known exceptions are raised, where the code does not show it."""


def split(name: str) -> list[str]:
    """The words of a name: lower case, but acronyms upper case."""
    words = []
    for word in _WORD.findall(name):
        is_acronym = word.lower() in _UPPER or (len(word) > 1 and word.isupper() and word != name)
        words.append(word.upper() if is_acronym and not name.isupper() else word.lower())
    return [word.upper() if word in _UPPER else word for word in words] or [name]


def phrase(words: list[str]) -> str:
    """Words with a definite article, where one may stand."""
    if not words or words[0].lower() in NO_ARTICLE:
        return " ".join(words)
    return " ".join(["the", *words])


def one(words: list[str]) -> str:
    """Words with an indefinite article, or none if they are plural."""
    text = " ".join(words)
    last = words[-1].lower()
    if words[0].lower() in NO_ARTICLE or (
        last.endswith("s") and not last.endswith(("ss", "us", "is"))
    ):
        return text
    sounds_open = text[0].lower() in "aeio" or text[:2] in {"un", "HT", "SS", "XM", "SQ", "MI"}
    starts_like_you = text[:3].lower() in {"uni", "use", "one", "eur", "uti", "url"}
    spelt = text[:4] in {"HTTP", "HTML"}
    open_start = (sounds_open and not starts_like_you and text[:4] != "unit") or spelt
    return f"{'an' if open_start else 'a'} {text}"


def imperative(verb: str) -> str:
    """A verb as a sentence begins with it."""
    return _PHRASAL.get(verb, verb.capitalize())


def is_verb(word: str) -> bool:
    """Whether a function's name that begins with this word says what it does."""
    return word in VERBS or word in _PHRASAL
