"""specc: a compiler for sequence models."""

from __future__ import annotations

__version__ = "0.1.0"
DISTRIBUTION = "specc-lang"

TYPE_CHECKING = False  # what checkers take for true, without importing typing
if TYPE_CHECKING:
    from specc.compiler import compile
    from specc.ir.schedule import Target

__all__ = ["DISTRIBUTION", "Target", "__version__", "compile"]

_PLACES = {"compile": "specc.compiler", "Target": "specc.ir.schedule"}


def __getattr__(name: str) -> object:
    """Load the compiler when it is first asked for: `import specc` is instant."""
    if name not in _PLACES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    globals()[name] = getattr(import_module(_PLACES[name]), name)
    return globals()[name]
