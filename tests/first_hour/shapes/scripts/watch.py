import time
import os


def wait_for(path, seconds=1.0):
    while not os.path.exists(path):
        time.sleep(seconds)
    return path


def main():
    wait_for("ready.txt")
    print("it is there")


if __name__ == "__main__":
    main()
