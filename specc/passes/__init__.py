"""Passes: pure functions from model to model, checked after each."""

from __future__ import annotations

from collections.abc import Callable

from specc.ir.graph import Model
from specc.ir.legality import check_model
from specc.passes.group_products import group_products
from specc.passes.infer_masks import infer_masks

PASSES: tuple[Callable[[Model], Model], ...] = (infer_masks, group_products)


def run_passes(model: Model) -> Model:
    """Run every pass in order; the IR is legal before, between and after."""
    check_model(model)
    for one in PASSES:
        model = one(model)
        check_model(model)
    return model
