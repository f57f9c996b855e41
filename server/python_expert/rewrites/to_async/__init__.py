"""Convert to async: the chosen functions and all that must follow in the buffer."""

from python_expert.rewrites.to_async.rewrite import ConvertToAsync

__all__ = ["ConvertToAsync"]
