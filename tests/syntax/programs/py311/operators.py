"""Every operator, augmented ones too."""

import time


class Matrix:
    def __init__(self, n):
        self.n = n

    def __matmul__(self, other):
        return Matrix(self.n * other.n)

    def __imatmul__(self, other):
        self.n += other.n
        return self

    def __rmatmul__(self, other):
        return NotImplemented


def arithmetic(a, b):
    return a + b, a - b, a * b, a / b, a // b, a % b, a**b, -a, +a, ~a, a << b, a >> b, a & b, a | b, a ^ b


def augmented(a):
    a += 1; a -= 2; a *= 3; a //= 2; a %= 7; a **= 2; a <<= 1; a >>= 1; a &= 15; a |= 8; a ^= 3
    a /= 2
    return a


def logic(a, b, *, c=None):
    return a and b or not c, a if b else c, a is b, a is not c, a in [b], a not in (b,), a < b <= 10 > a != b == b


def slices(x):
    return x[1:], x[:-1], x[::2], x[:], x[1:3:], x[-1], x[::-1], x[slice(None, 1)]


def chained():
    a = b = c = [1]
    a[0] = d, (e, *f) = 5, (6, 7)
    return b, c, d, e, f


def describe(value):
    return "%s and %(x)s" % {"x": value} if isinstance(value, dict) else "%s" % value


def pause():
    time.sleep(0.001 * 1)


def main():
    pause()
    m = Matrix(2)
    m @= Matrix(1)
    print(arithmetic(7, 2), augmented(9), logic(1, 2), slices("abcdef"), chained(), (m @ m).n, describe(3))


if __name__ == "__main__":
    main()
