"""Soft keywords as ordinary names."""

import time

match = 1
case = [2]
type_ = type
_ = 3


def type(match, case=case):
    return match, case


class match_:
    match = 1
    case = 2
    type = 3

    def case_(self, type=0): return type


def match(x): return x


print_ = match(case)
match (case)
match [0:1] if False else None
case [0]
type (1)


def use(match, type):
    match[0] = 5
    type (match)
    type = match
    match = type
    return match


def describe(_):
    match _:
        case case: return f"{case}"


def pause():
    time.sleep(0.001)


def main():
    pause()
    print(type(1), match(2), use([1], print), match_().case_(), describe(3), _, print_)


if __name__ == "__main__":
    main()
