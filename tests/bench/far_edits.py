"""Scenarios with edits that affect other code: of signatures, of classes, and new imports."""

from __future__ import annotations

import ast
import statistics
import subprocess
import time
from contextlib import ExitStack
from typing import TYPE_CHECKING, Final

from tests.bench.first_findings import PROJECTS
from tests.bench.measure import Desk, by
from tests.bench.peers import BASEDPYRIGHT, EXPERT, TY, ZUBAN, package
from tests.bench.report import Row
from tests.bench.workload import FIRST_NUMBER, module

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from tests.bench.measure import Predicate
    from tests.bench.plan import Plan
    from tests.client import Change

CHECKERS: Final = {
    TY: "ty",
    ZUBAN: "zuban",
    BASEDPYRIGHT: "basedpyright",
    EXPERT: "mypy",
}
"""The servers, and the sources of their type errors."""

TELL_OTHERS: Final = (ZUBAN, BASEDPYRIGHT, EXPERT)
"""The servers that publish changed findings of other files; ty only answers pull requests."""

OF_TY: Final = (TY, ZUBAN, EXPERT)
"""The servers compared in large projects, in which basedpyright takes minutes to start."""

FEW, MANY = 5, 40
"""The numbers of open files that depend on a signature."""

WARM_UP: Final = 2
"""The first edits, which are not counted."""

GIVE_UP_S: Final = 60.0

CORE: Final = """\
def scale(value: int) -> int:
    return int(value) * 2
"""
USER: Final = """

def scaled(items: list[int]) -> list[int]:
    return [scale(each) for each in items]
"""
TYPES: Final = ("str", "int")

CLASSES: Final = {"Django": "QuerySet", "sympy": "Expr"}
"""The classes to edit."""

NEW: Final = (
    *("django.utils.feedgenerator", "django.core.mail.backends.smtp", "django.middleware.locale"),
    *("django.views.decorators.gzip", "django.views.generic.dates", "django.contrib.sitemaps"),
    *("django.contrib.syndication.views", "django.contrib.staticfiles.finders", "sqlite3"),
    *("django.contrib.redirects.middleware", "django.contrib.flatpages.forms", "zipfile"),
    *("django.contrib.messages.api", "django.contrib.humanize.apps", "plistlib", "wave"),
)
"""Modules that no file has imported yet."""

KNOWN: Final = (
    *("django.utils.timezone", "django.db.models.lookups", "django.utils.text"),
    *("django.core.validators", "django.db.backends.utils", "django.utils.tree"),
    *("django.db.models.fields.files", "django.core.files.base", "django.utils.encoding"),
)
"""Modules that Django's query.py imports indirectly."""


def dependents(plan: Plan) -> Iterator[Row]:
    """Change a signature in one file until all open files that call the function show it."""
    middle: dict[tuple[str, int], float] = {}
    scenario = "a signature changes, open dependents of 150 lines"
    for count in (FEW, MANY):
        times: dict[str, list[float]] = {}
        with ExitStack() as stack:
            desks = {
                name: _opened(stack, plan, name, count)
                for name in TELL_OTHERS
                if name in plan.servers
            }
            for step in range(WARM_UP + plan.far):
                for name, (desk, uris) in desks.items():
                    wanted = not step % 2
                    start = CORE.index(": ") + 2
                    change: Change = ((0, start), (0, start + 3), TYPES[step % 2])
                    desk.edit([change])
                    took = _all_shown(desk, uris, by(CHECKERS[name], "rgument"), wanted=wanted)
                    desk.rest()
                    if step >= WARM_UP:
                        times.setdefault(name, []).append(took)
        for name, samples in times.items():
            yield Row.of(scenario, f"edit → told in all {count}", name, samples)
            middle[name, count] = statistics.median(samples)
    for name in TELL_OTHERS:
        if (name, MANY) in middle:
            ratio = middle[name, MANY] / middle[name, FEW]
            goal = 2.0 if name == EXPERT else None
            yield Row(scenario, f"{MANY} over {FEW}", name, ratio, at_most=goal)


def _opened(stack: ExitStack, plan: Plan, name: str, count: int) -> tuple[Desk, list[str]]:
    folder = plan.folder / f"{name}-{count}"
    folder.mkdir()
    core = folder / "core.py"
    core.write_text(CORE)
    desk = Desk(stack, plan.servers[name], folder, core, CORE)
    uris = []
    for number in range(count):
        path = folder / f"user_{number}.py"
        text = module(150, 0).replace("\n\n\n", "\n\nfrom core import scale\n\n\n", 1) + USER
        path.write_text(text)
        uris.append(desk.client.open(path, text))
    desk.rest()
    return desk, uris


def _all_shown(
    desk: Desk,
    uris: Sequence[str],
    sign: Predicate,
    *,
    wanted: bool,
) -> float:
    """Wait until all or no documents show a finding; return the milliseconds since the edit."""

    def milliseconds_if_shown() -> float | None:
        shown = [desk.client.last(uri) for uri in uris]
        done = all(each and sign(each.diagnostics) is wanted for each in shown)
        return time.monotonic() if done else None

    at = desk.client.wait(
        milliseconds_if_shown, f"{desk.name}: {wanted} in {len(uris)} documents", GIVE_UP_S
    )
    return (at - desk.sent) * 1000


def classes(plan: Plan) -> Iterator[Row]:
    """Add attributes to classes and change their types."""
    for name in CLASSES:
        yield from _classes(plan, name)


def _classes(plan: Plan, name: str) -> Iterator[Row]:
    """Add an attribute, and change another one's type."""
    scenario = f"a class changes, {name}, {CLASSES[name]}"
    own: dict[str, list[float]] = {}
    others: dict[str, list[float]] = {}
    with ExitStack() as stack:
        desks = [_project(stack, plan, each, name) for each in OF_TY if each in plan.servers]
        if not desks:
            return
        line = _class_body(desks[0].text, CLASSES[name])
        uris = {
            desk.name: [_user(desk, name)] for desk in desks if desk.name in (BASEDPYRIGHT, EXPERT)
        }
        for step in range(WARM_UP + plan.far):
            for desk in desks:
                number = FIRST_NUMBER + step
                sign = by(CHECKERS[desk.name], f"probe_{number}")
                took = desk.probed(line, f'    probe_value = "".probe_{number}\n', sign)
                if step >= WARM_UP:
                    own.setdefault(desk.name, []).append(took)
        # In sympy, an attribute that a class lacks may come from its metaclass.
        for step in range(WARM_UP + plan.far if name == "Django" else 0):
            new = f"    probe: {TYPES[step % 2]} = {TYPES[step % 2]}()\n"
            for desk in (each for each in desks if each.name in uris):
                desk.edit([((line, 0), (line + bool(step), 0), new)])
                sign = by(CHECKERS[desk.name], "str")
                took = _all_shown(desk, uris[desk.name], sign, wanted=not step % 2)
                desk.rest()
                if step >= WARM_UP:
                    others.setdefault(desk.name, []).append(took)
    yield from _against_ty(scenario, "new attribute → its type error", own, 1.5)
    yield from _against_ty(scenario, "another type → told in another open file", others, None)


def _user(desk: Desk, name: str) -> str:
    """Open another file that uses the class's attribute."""
    imported = PROJECTS[name].file.removesuffix(".py").replace("/", ".")
    text = f"from {imported} import {CLASSES[name]}\n\n\n"
    text += f"def user() -> int:\n    return {CLASSES[name]}.probe\n"
    path = desk.document.parents[PROJECTS[name].file.count("/")] / "users.py"
    path.write_text(text)
    uri = desk.client.open(path, text)
    desk.rest()
    return uri


def imports(plan: Plan) -> Iterator[Row]:
    """Import a module, and use a name that it does not have."""
    name = "Django"
    with ExitStack() as stack:
        desks = [_project(stack, plan, each, name) for each in OF_TY if each in plan.servers]
        if not desks:
            return
        end = desks[0].text.count("\n")
        for which, modules in (("known", KNOWN), ("new", NEW)):
            times: dict[str, list[float]] = {}
            for step, imported in enumerate(modules):
                number = FIRST_NUMBER + step
                for desk in desks:
                    sign = by(CHECKERS[desk.name], f"probe_{number}")
                    new = f"import {imported} as probed\n\nprobed.probe_{number}\n"
                    took = desk.probed(end, new, sign)
                    if step:
                        times.setdefault(desk.name, []).append(took)
            goal = 3.0 if which == "new" else None
            scenario = f"a new import, Django, {PROJECTS[name].file}"
            yield from _against_ty(scenario, f"of a {which} module → its type error", times, goal)


def _project(stack: ExitStack, plan: Plan, server: str, name: str) -> Desk:
    folder = plan.folder / f"{server}-{name}-{len(list(plan.folder.iterdir()))}"
    subprocess.run(
        ["cp", "-r", str(package(plan.cache, PROJECTS[name].requirement)), str(folder)], check=True
    )
    path = folder / PROJECTS[name].file
    text = path.read_text(encoding="utf-8")
    desk = Desk(stack, plan.servers[server], folder, path, text)
    if server == EXPERT:  # its other tools finish earlier
        desk.edit([((text.count("\n"), 0), (text.count("\n"), 0), '"".probe_first\n')])
        desk.shown(by("mypy", "probe_first"))
        desk.edit([((text.count("\n"), 0), (text.count("\n") + 1, 0), "")])
        desk.rest()
    return desk


def _class_body(text: str, name: str) -> int:
    """Return the line before which an attribute can be added to a class."""
    tree = ast.parse(text)
    (found,) = (node for node in tree.body if isinstance(node, ast.ClassDef) and node.name == name)
    first = next(each for each in found.body if not isinstance(each, ast.Expr))
    decorators: list[ast.expr] = getattr(first, "decorator_list", [])
    return min([first.lineno, *(each.lineno for each in decorators)]) - 1


def _against_ty(
    scenario: str, what: str, times: Mapping[str, Sequence[float]], goal: float | None
) -> Iterator[Row]:
    for name, samples in times.items():
        yield Row.of(scenario, what, name, samples)
    if EXPERT in times and TY in times:
        ratio = statistics.median(times[EXPERT]) / statistics.median(times[TY])
        yield Row(scenario, f"{what}, over ty", EXPERT, ratio, at_most=goal)
