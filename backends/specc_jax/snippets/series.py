"""Layers that are alike, run one after the other."""

import jax
import jax.numpy as jnp
from jax import lax


def stack_weights(v, name, numbers):
    """Lay the weights of layers that are alike in a row, along a new first axis.

    They are called as layers in a row are: `name`, `name_2`, `name_3`, and so on.
    """
    layers = [v[name if number == 1 else f"{name}_{number}"] for number in numbers]
    return jax.tree.map(lambda *weights: jnp.stack(weights), *layers)


def run_layers(layer, x, *each):
    """Give x to the first layer, its result to the next, and so on.

    layer: a function of x and, from each, what is that layer's own. It is the body of
    a loop, so it is compiled once.
    """
    x, _ = lax.scan(lambda x, own: (layer(x, *own), None), x, each)
    return x
