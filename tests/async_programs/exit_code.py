import sys
import time


def main() -> int:
    time.sleep(0)
    print("leaving")
    return 3


if __name__ == "__main__":
    sys.exit(main())
