"""Bodies on the header's line, and several statements on one."""
import time; import sys

def one(x): return x
def two(x): y = x; return y
def three(x): x += 1; x *= 2; return x;
def nothing(): pass
def dots(): ...
def text(): "a docstring on the line"
def text_and_more(): "a docstring"; return 1
async def later(): return 2
class Empty: pass
class Dots(Empty): ...
class Small: a = 1; b = 2
class Documented: "documented"
class Mixed: x: int = 1; "not a docstring"
def lines(x):
    if x: return 1
    elif x is None: return 2
    else: return 3
def loops(n):
    for i in range(n): n += i; continue
    while n > 5: n -= 1
    try: n / 0
    except ZeroDivisionError: n = -n
    finally: n += 100
    with open(__file__) as f: n += len(f.read(1))
    return n; return None
def describe(value): return f"{value}"
def pause(): time.sleep(0.001); return sys.maxsize > 0
def main():
    a = one(1); b = two(2); print(a, b, three(3), nothing(), dots(), text(), text_and_more())
    print(Small.a, Documented.__doc__ is not None, Mixed.x, lines(0), lines(None), loops(3)); print(describe(4), pause())
if __name__ == "__main__": main()
