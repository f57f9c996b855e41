"""Names, texts and comments beyond ASCII: größer, 变量, 𝒳, emoji 🐍."""

import time

größe = 3
变量 = {"ключ": 1, "🐍": 2}
ﬁeld = "normalised to field"


class Fläche:
    """Eine Fläche."""

    def __init__(self, länge, höhe=größe):
        self.länge = länge
        self.höhe = höhe

    def größer(self, andere):  # 🐍🐍🐍 größer?
        return self.länge * self.höhe > andere.länge * andere.höhe; "🐍"


def сумма(числа, *, начало=0):
    return sum(числа) + начало


def 𝒳(µ, ª="🐍🐍"): return f"{µ}{ª}"


def describe(ключ):
    return f"«{变量[ключ]}» \N{SNAKE} {'é'}"


def schlafe(sekunden):
    """Schläft."""
    "🐍"; time.sleep(sekunden); "🐍"


def main():
    schlafe(0.001)
    print(Fläche(2).größer(Fläche(1)), сумма([1, 2], начало=3), X("é"), describe("🐍"), field)


if __name__ == "__main__":
    main()
