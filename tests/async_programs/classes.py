import time


class Robot:
    made = 0

    def __init__(self, name: str) -> None:
        self.name = name

    @classmethod
    def build(cls, name: str) -> "Robot":
        time.sleep(0)
        cls.made += 1
        return cls(name)

    @staticmethod
    def rest() -> str:
        time.sleep(0)
        return "zzz"

    def act(self) -> str:
        return self.rest().upper() + self.name[0]


def main() -> None:
    robot = Robot.build("r2")
    print(robot.act(), Robot.made, -len(robot.act()) ** 2)


if __name__ == "__main__":
    main()
