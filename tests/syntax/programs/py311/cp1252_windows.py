# -*- coding: cp1252 -*-
"""Windows-1252: € and “quotes”."""

import time


class Shop:
    """A shop.

    It sells.
    """

    def open(self, hour=9, *, closed=()):
        # €
        if hour in closed:
            return None
        text = """several
        lines"""
        return hour, len(text)

    def wait(self, seconds):
        time.sleep(seconds)
        return "€"


def describe(value):
    return f"{value} €"


def total(prices, start=0): return sum(prices) + start


def main():
    shop = Shop()
    print(shop.open(), shop.open(3, closed=[3]), ascii(shop.wait(0.001)), ascii(describe(1)), total([1]))


if __name__ == "__main__":
    main()
