"""Functions of one number that Keras lacks, or rounds to float32 on the way."""

# mypy: ignore-errors

import numpy as np
from keras import ops

from specc_tensorflow.snippets.registration import register


@register
def gelu(x):
    """Compute x Phi(x), in full precision also where x is float64."""
    return x * (1 + ops.erf(x / 2**0.5)) / 2


@register
def gelu_tanh(x):
    """Approximate gelu, in full precision also where x is float64."""
    cubic = x + 0.044715 * x * x * x
    return x * (1 + ops.tanh((2 / np.pi) ** 0.5 * cubic)) / 2


@register
def leaky_relu(x):
    """Compute 0.2 x below 0, in full precision also where x is float64."""
    return ops.maximum(x, 0.2 * x)


@register
def log(x):
    """Compute log x."""
    return ops.log(x)


@register
def sqrt(x):
    """Compute the square root of x."""
    return ops.sqrt(x)


@register
def absolute(x):
    """Compute |x|."""
    return ops.abs(x)


@register
def sine(x):
    """Compute sin x."""
    return ops.sin(x)


@register
def cosine(x):
    """Compute cos x."""
    return ops.cos(x)


@register
def negative(x):
    """Compute -x."""
    return -x
