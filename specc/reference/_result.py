"""What is asked of a layer that cannot tell it from its inputs."""

from __future__ import annotations

from msgspec import Struct

from specc.ir.types import Type
from specc.reference.tape import Dtype


class Result(Struct, frozen=True):
    """The type of a layer's result, and the dtype of the run.

    A layer that makes numbers from ids takes it as the keyword `result`.
    """

    type: Type
    dtype: Dtype
