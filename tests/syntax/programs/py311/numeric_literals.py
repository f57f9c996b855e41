"""Numbers in every spelling."""

import time

WHOLE = [0, 00, 1_000, 0xFF, 0XfF_f, 0o17, 0O1_7, 0b101, 0B1_0, 10**20, -0]
REAL = [1., .5, 1e3, 1E-3, 1_0.0_1e+1_0, 0e0, 0777.5, 00.0]
COMPLEX = [1j, 1.J, .5e3j, 0_7j]


def total(a=0x10, b=1e1, c=-1, d=+2, e=~3):
    return a + b + c + d + e


def attribute():
    return 1 .real, 1.5.imag, 0xf.bit_length(), 1..is_integer()


def chain(x):
    return 1 < x <= 1_0 != 0x0 and not x is None and x not in (5,)


def describe(value):
    return f"{value:_}" if value > 0xF_F else f"{value:#x}"


def pause(seconds=1e-3):
    time.sleep(seconds)


def main():
    pause()
    print(WHOLE, REAL, COMPLEX, total(), attribute(), chain(3), describe(10), describe(1_000))


if __name__ == "__main__":
    main()
