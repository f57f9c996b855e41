"""What may leave the machine: of which files, and with which words replaced."""

from python_expert.privacy.files import DEFAULT_IGNORE, withheld, withheld_among
from python_expert.privacy.redactor import Redactor, restore

__all__ = ["DEFAULT_IGNORE", "Redactor", "restore", "withheld", "withheld_among"]
