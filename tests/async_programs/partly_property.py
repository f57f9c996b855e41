import time


class Sensor:
    @property
    def value(self) -> int:
        time.sleep(0)
        return 7

    def wait(self, seconds: float) -> None:
        time.sleep(seconds)


def main() -> None:
    sensor = Sensor()
    sensor.wait(0)
    print(sensor.value)


if __name__ == "__main__":
    main()
