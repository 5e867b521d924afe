"""Operations, one file each, found by listing this folder.

A file `log_softmax.py` defines the op `LogSoftmax`. A file whose name starts with an
underscore holds what several ops share.
"""

from __future__ import annotations

import pkgutil
from functools import cache
from importlib import import_module

from specc.ir.op import Op


@cache
def op_names() -> frozenset[str]:
    """Names of all ops, without importing any."""
    found = (module.name for module in pkgutil.iter_modules(__path__))
    return frozenset(name for name in found if not name.startswith("_"))


def find_op(name: str) -> type[Op] | None:
    """The op of that name, or None."""
    if name not in op_names():
        return None
    module = import_module(f"{__name__}.{name}")
    found: object = getattr(module, "".join(map(str.capitalize, name.split("_"))))
    assert isinstance(found, type) and issubclass(found, Op), name
    assert found.name() == name, name
    return found


def find_layer(name: str) -> type[Op] | None:
    """The op of that name if a spec may write it, or None."""
    op = find_op(name)
    return None if op is None or op.internal else op


@cache
def layer_names() -> frozenset[str]:
    """Names of the ops that a spec may write; imports them all."""
    return frozenset(filter(find_layer, op_names()))
