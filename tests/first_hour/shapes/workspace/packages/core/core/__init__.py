"""What all members use."""


def greeting(name: str) -> str:
    """Say hello."""
    return f"Hello, {name}"
