"""No line end at the end."""
import time


class Last:
    def get(self):
        return 1


def describe(value):
    return f"{value}"


def main():
    print(Last().get(), describe(2))


if __name__ == "__main__":
    main()


def unused(x):
    time.sleep(x)
    return x  # the end