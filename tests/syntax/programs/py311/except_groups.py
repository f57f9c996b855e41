"""except* with several groups, nested, with else and finally."""

import time


def fail(*errors):
    if errors:
        raise ExceptionGroup("several", errors)


def sort(*errors):
    seen = []
    try:
        fail(*errors)
    except* ValueError as group:
        seen.append(("value", len(group.exceptions)))
    except* (TypeError, KeyError) as group:
        seen.append(("type or key", [str(each) for each in group.exceptions]))
    except* OSError:
        seen.append(("os", 0))
    else:
        seen.append(("none", 0))
    finally:
        seen.append(("end", 0))
    return seen


def nested():
    found = []
    try:
        try:
            fail(ValueError(1), ExceptionGroup("inner", [KeyError("k"), OSError(2)]))
        except* KeyError as keys:
            found.append(repr(keys))
            try:
                fail(RuntimeError("again"))
            except* RuntimeError as group:
                found.append(group.message)
    except* (ValueError, OSError) as rest:
        found.append(sorted(type(each).__name__ for each in rest.exceptions))
    return found


def retry(times):
    """Retry.

    Args:
        times: How often.
    """
    for number in range(times):
        try:
            fail(*(ConnectionError(number) for _ in range(number % 2 + 1)))
        except* ConnectionError as group:
            time.sleep(0.001)
            print(len(group.exceptions))


def describe(group):
    return str(group)


def main():
    print(sort(), sort(ValueError(), ValueError()), sort(TypeError("t"), KeyError("k"), OSError()))
    print(nested())
    retry(3)
    print(describe(ExceptionGroup("g", [ValueError(1)])))


if __name__ == "__main__":
    main()
