"""The sizes a cost is asked for, as they stand on the command line."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from specc.diagnostics import did_you_mean
from specc.diagnostics.visible import visible

if TYPE_CHECKING:
    from specc.ir.graph import Model
    from specc.report.cost import Sizes

Length = tuple[str, int]
"""A named length; the name is "" for every one."""


class LengthType(click.ParamType[Length]):
    """`120`, or `T=120`."""

    name = "length"

    def convert(
        self,
        value: object,
        param: click.Parameter | None,
        ctx: click.Context | None,
    ) -> Length:
        axis, equals, number = str(value).rpartition("=")
        if equals and not axis:
            self.fail("a name is missing before `=`", param, ctx)
        if not re.fullmatch("0*[1-9][0-9]{0,17}", number):
            self.fail(f"`{visible(number)}` is no number of steps", param, ctx)
        return axis, int(number)


def cost_sizes(cost: bool, batch: int | None, lengths: Sequence[Length]) -> Sizes:
    """The sizes as they were given. Raises `UsageError` if nobody asks for a cost."""
    from specc.report.cost import Sizes

    if not cost and (batch is not None or lengths):
        raise click.UsageError("--batch and --length are for --cost")
    named = dict(lengths)
    return Sizes(batch, named.pop("", None), named)


def need_lengths(lengths: Sequence[Length], models: Sequence[Model]) -> None:
    """Raise `UsageError` for the length of an axis that no model has."""
    from specc.report.cost import length_names

    known = sorted({name for model in models for name in length_names(model)})
    for name, _ in lengths:
        if name and name not in known:
            hint = did_you_mean(name, known)
            hint = hint or f"the named lengths are {', '.join(known) or 'none'}"
            raise click.UsageError(f"no length is called `{visible(name)}`; {hint}")
