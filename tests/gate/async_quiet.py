"""Edits about which nothing is to be asked, beside those that differ in what makes the danger."""

from __future__ import annotations

from dataclasses import replace

from tests.gate.to_async_case import OPTIONS, Case


def edit(name: str, head: str = "", tail: str = "", options: object = None) -> Case:
    """An edit of a function ``f`` that sleeps, and of the first call of it after that."""
    text = "def f():\n    {}\n"
    before = f"import time\n{head}{text.format('time.sleep(1)')}{tail}"
    end = tail.replace("f()", "asyncio.run(f())", 1)
    slept = text.format("await asyncio.sleep(1)")
    after = f"import asyncio\n{head}async {slept}{end}"
    return Case(name, before, after, options or OPTIONS)  # type: ignore[arg-type]  # as it says


_FAILS = "where this module is imported while an event loop runs, asyncio.run fails"
_GUARD = 'if __name__ == "__main__":\n    f()\n'

IMPORTED_ASKED = [
    (edit(f"asyncio.run where a module is imported: {tail}", tail=tail), _FAILS)
    for tail in (
        "f()\n",
        "try:\n    f()\nfinally:\n    pass\n",
        'if __name__ != "__main__":\n    f()\n',
        'if __name__ == "__main__":\n    pass\nelse:\n    f()\n',
        'if __name__ == "__main__" or __debug__:\n    f()\n',
    )
]

_INNER = 'if "__main__" == __name__:\n    try:\n        f()\n    finally:\n        pass\n'
_MAIN = replace(OPTIONS, path="a/__main__.py")

QUIET = [
    edit("asyncio.run in a program", tail=_GUARD),
    edit("asyncio.run in a program if it is so", tail=_GUARD.replace(":", " and __debug__:", 1)),
    edit("asyncio.run in a program, within try", tail=_INNER),
    edit("asyncio.run in __main__.py", tail="f()\n", options=_MAIN),
]
"""Edits that are accepted, and nothing is asked."""
