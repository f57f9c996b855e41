import time
from abc import ABC, abstractmethod


class Task(ABC):
    def run(self) -> str:
        self.prepare()
        return self.work() + "!"

    def prepare(self) -> None:
        time.sleep(0)

    @abstractmethod
    def work(self) -> str: ...


class Quick(Task):
    def work(self) -> str:
        return "quick"


class Slow(Quick):
    def prepare(self) -> None:
        print("preparing")
        super().prepare()

    def work(self) -> str:
        time.sleep(0)
        return "slow after " + super().work()


def main() -> None:
    tasks: list[Task] = [Quick(), Slow()]
    for task in tasks:
        print(task.run())


if __name__ == "__main__":
    main()
