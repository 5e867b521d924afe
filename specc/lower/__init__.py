"""Names, sharing, arguments and cells resolved: the tree becomes the IR."""

from specc.lower.entry import check_text, lower_source, lower_text
from specc.lower.file import Settings
from specc.lower.imports import Files

__all__ = ["Files", "Settings", "check_text", "lower_source", "lower_text"]
