"""A colour and its parts."""

from typing import Dict, List, NamedTuple, Optional, Union

NAMES: Dict[str, int] = {"red": 1, "green": 2, "blue": 4}


class Color(NamedTuple):
    """A colour by number."""

    number: int
    name: Optional[str] = None

    @classmethod
    def parse(cls, text: Union[str, int]) -> "Color":
        if isinstance(text, int):
            return cls(text)
        if text not in NAMES:
            raise ValueError("no such colour: %s" % text)
        return cls(NAMES[text], text)


def check_number(number: int) -> int:
    if not 0 <= number < 8:
        raise ValueError("there are eight colours")
    return number


def mix(colors: List[Color]) -> Color:
    number = 0
    for color in colors:
        number |= color.number
    return Color(number)
