import functools
import time
from collections.abc import Callable
from typing import Any


def _allowed(method: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(method)
    def wrapper(self: Any, *args: Any) -> Any:
        if not self.open:
            print(method.__name__, "is closed")
            return None
        for attempt in range(3):
            try:
                return method(self, *args)
            except ValueError as error:
                print(attempt, error)
                time.sleep(0.001)
        return "given up"

    return wrapper


class Shop:
    def __init__(self) -> None:
        self.open = False
        self.asked = 0

    @_allowed
    def buy(self, name: str) -> str:
        time.sleep(0.001)
        self.asked += 1
        if self.asked < 2:
            raise ValueError("not yet")
        return f"a {name}"

    @_allowed
    def count(self) -> int:
        return self.asked

    def visit(self) -> list[object]:
        return [self.buy("pen"), self.count()]


def main() -> None:
    shop = Shop()
    print(shop.visit())
    shop.open = True
    print(shop.visit())


if __name__ == "__main__":
    main()
