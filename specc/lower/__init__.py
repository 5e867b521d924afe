"""Names, sharing, arguments and cells resolved: the tree becomes the IR."""

from specc.lower.entry import check_text, lower_source, lower_text

__all__ = ["check_text", "lower_source", "lower_text"]
