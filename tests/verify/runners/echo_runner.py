"""A runner whose programs are run by the oracle itself, mistakes put in on purpose.

A program is four constants: TEXT, the spec; OUTPUTS, the nodes whose results it gives;
MISTAKE, what it gets wrong; LAYER, where.
"""

from __future__ import annotations

import os
import sys
from functools import cache
from pathlib import Path
from types import ModuleType

import numpy as np

from specc.ir.graph import Model, Output, Ref
from specc.lower import lower_text
from specc.passes import run_passes
from specc.reference import gradients as oracle_gradients
from specc.reference import penalty as oracle_penalty
from specc.reference import run as oracle_run
from specc.verify.arrays import Arrays
from specc.verify.prune import prune
from specc.verify.weights import initial_weights

PRECISION = "float32"


def prepare(precision: str) -> None:
    global PRECISION
    PRECISION = precision


@cache
def model_of(text: str, outputs: tuple[tuple[str, int, int, str], ...]) -> Model:
    model = run_passes(lower_text(text))
    heads = []
    for node, place, result, name in outputs:
        same = [n for n, other in enumerate(model.nodes) if other.name == node]
        heads.append(Output(name=name, ref=Ref(same[place], result)))
    return prune(model, heads)


def initial(module: ModuleType, seed: int) -> Arrays:
    made = initial_weights(the_model(module), seed, Path())
    if module.MISTAKE == "initial":
        return {n: a + a.max() * n.startswith(module.LAYER) for n, a in made.items()}
    return made


def run(
    module: ModuleType, weights: Arrays, inputs: Arrays, outputs: tuple[str, ...]
) -> Arrays:
    if module.MISTAKE == "raises" and has_layer(module):
        raise TypeError("a program that cannot be run")
    if module.MISTAKE == "dies" and has_layer(module):
        print("last words", file=sys.stderr, flush=True)
        os._exit(3)
    weights = mistaken(module, weights)
    found = oracle_run(the_model(module), weights, inputs, np.dtype(PRECISION)).outputs
    assert tuple(found) == tuple(outputs)
    if module.MISTAKE == "peeks":  # a step knows of the one after it
        found = {n: a + 1e-6 * np.roll(a, -1, axis=1) for n, a in found.items()}
    if module.MISTAKE == "counts":  # a step knows how many there are
        found = {n: a + 1e-6 * a.shape[1] for n, a in found.items()}
    if module.MISTAKE == "starts anew":  # what it is given is not where it starts
        state = np.zeros_like(inputs["before"])
        anew = oracle_run(
            the_model(module), weights, {**inputs, "before": state}, np.dtype(PRECISION)
        ).outputs
        found = {**found, "logits": anew["logits"]}
    if module.MISTAKE == "forgets":
        del found[outputs[0]]
    return dict(found)


def gradients(
    module: ModuleType, weights: Arrays, inputs: Arrays, cotangents: Arrays
) -> Arrays:
    weights = mistaken(module, weights)
    dtype = np.dtype(PRECISION)
    model = the_model(module)
    found = oracle_gradients(model, weights, inputs, cotangents, dtype)
    if module.MISTAKE == "gradient" and has_layer(module):
        found = {
            name: array * (1.001 if name.startswith(module.LAYER + ".") else 1)
            for name, array in found.items()
        }
    return dict(found)


def penalty(module: ModuleType, weights: Arrays) -> float:
    factor = 1.01 if module.MISTAKE == "penalty" else 1
    return factor * oracle_penalty(the_model(module), weights)


def the_model(module: ModuleType) -> Model:
    return model_of(module.TEXT, module.OUTPUTS)


def has_layer(module: ModuleType) -> bool:
    return any(node.name == module.LAYER for node in the_model(module).nodes)


def mistaken(module: ModuleType, weights: Arrays) -> Arrays:
    """The weights as a program with the mistake would use them."""
    own = {n: a for n, a in weights.items() if n.startswith(module.LAYER + ".")}
    if module.MISTAKE == "swap":  # two gates change places
        swapped = {n: own.get(n.replace("W_i", "W_f"), a) for n, a in own.items()}
        return weights | swapped
    single = PRECISION == "float32"
    if module.MISTAKE == "careless" or (
        module.MISTAKE == "careless in float32" and single
    ):  # as if there were 17 bits
        return weights | {n: (a * (1 + 2e-5)).astype(a.dtype) for n, a in own.items()}
    return weights
