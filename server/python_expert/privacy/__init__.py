"""What may leave the machine: of which files, and with which words replaced."""

from python_expert.privacy.files import DEFAULT_IGNORE, withheld, withheld_among
from python_expert.privacy.formats import UNMISTAKABLE, key_blocks
from python_expert.privacy.redactor import Redactor
from python_expert.privacy.shapes import is_made_up

__all__ = [
    "DEFAULT_IGNORE",
    "UNMISTAKABLE",
    "Redactor",
    "is_made_up",
    "key_blocks",
    "withheld",
    "withheld_among",
]
