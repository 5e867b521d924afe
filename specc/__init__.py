"""specc: a compiler for sequence models."""

from __future__ import annotations

__version__ = "0.1.0"
DISTRIBUTION = "specc-lang"

TYPE_CHECKING = False  # what checkers take for true, without importing typing
if TYPE_CHECKING:
    from specc.compiler import compile

__all__ = ["DISTRIBUTION", "__version__", "compile"]


def __getattr__(name: str) -> object:
    """Load the compiler when it is first asked for: `import specc` is instant."""
    if name != "compile":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from specc.compiler import compile

    globals()["compile"] = compile
    return compile
