/** The programs that the tests edit. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { CLIENT } from "../harness/workbench";

/** The example of the README, with findings of each tool. */
export const BACKUP = readFileSync(join(CLIENT, "..", "tests", "examples", "backup.py"), "utf8");

/** A program to which all rewrites apply. */
export const GREET = `import time


def greet(name, times=1):
    # twice is polite
    for _ in range(times):
        time.sleep(0)
        print(name)
    return len(name)


def main():
    greet("you", times=2)


def check_name(name: str) -> None:
    if not name:
        raise ValueError("no name")


if __name__ == "__main__":
    main()
`;
