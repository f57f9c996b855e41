"""Several exceptions without parentheses (PEP 758)."""

import time


def number(text):
    try:
        return int(text)
    except ValueError, TypeError:
        return None
    except (KeyError, OSError) as error:
        return error
    except RuntimeError:
        raise


def groups(*errors):
    seen = []
    try:
        if errors:
            raise ExceptionGroup("g", errors)
    except* ValueError, TypeError:
        seen.append("value or type")
    except* OSError, KeyError,:
        seen.append("os or key")
    else:
        seen.append("none")
    return seen


def nested(x):
    try:
        try:
            return x[0] / x[1]
        except IndexError, ZeroDivisionError: return "inner"
        finally: x.append(1)
    except \
        AttributeError, \
        TypeError:
        return "outer"


async def later(x):
    try:
        return await x
    except TypeError, ValueError:
        return "later"


def wait(times):
    for _ in range(times):
        try:
            time.sleep(0.001)
        except OSError, InterruptedError, : continue


def describe(value):
    return f"{value}"


def main():
    wait(2)
    print(number("1"), number("x"), number(None), groups(ValueError(), KeyError()), groups(), nested([1]), nested(()))
    print(describe(1))


if __name__ == "__main__":
    main()
