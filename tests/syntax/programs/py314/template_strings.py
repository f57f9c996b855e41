"""Template strings (PEP 750)."""

import time
from string.templatelib import Interpolation, Template


def render(template: Template) -> str:
    return "".join(part if isinstance(part, str) else f"<{part.value}>" for part in template)


def simple(name):
    return t"Hello {name}!"


def rich(x, width=5):
    return t"{x!r:>{width}} {x=} {{literal}} {x:.2f} {x + 1}" t" joined" rt"\d{x}" tR'\{x}'


def page(title, items):
    return t'''
    <h1>{title}</h1>
    {
        # a comment
        [t"<li>{item}</li>" for item in items]
    }
    {t"nested {t"{title!s}"}"} {f"{title}"}
    '''


def values(template):
    return [(each.value, each.expression, each.conversion, each.format_spec) for each in template.interpolations]


def match(part):
    match part:
        case Interpolation(value, expression):
            return f"{expression}={value}"
        case str() as text:
            return text


def empty():
    t"""No docstring."""
    return t""


def describe(value):
    return render(t"{value}")


def send(template):
    time.sleep(0.001)
    return t"{render(template)}", T"{1}", Rt"\{2}", RT"\{3}"


def main():
    print(render(simple("you")), values(rich(1.5)), len(page("a", "bc").strings), [*map(match, simple("x"))])
    print(describe(1), len(send(empty())), len(list(empty())))


if __name__ == "__main__":
    main()
