import time

USERS = {"ada": True}


def check(user: str) -> bool:
    time.sleep(0)
    return USERS.get(user, False)


def enter(user: str) -> str:
    ok = check(user)
    if ok and check("ada"):
        return f"welcome {user}"
    if not check(user):
        return f"{user} stays out"
    return "?"


for name in ("ada", "eve"):
    print(enter(name))
