"""Windows over images."""

import jax.numpy as jnp
from jax import lax


def conv_image(w, x, *, stride, padding, **options):
    """Convolve over an image; options are those of `lax.conv_general_dilated`.

    x: [B, H, W, in]; W: [kernel, kernel, in / groups, filters]; b: [filters].
    """
    layout, strides = ("NHWC", "HWIO", "NHWC"), (stride, stride)
    y = lax.conv_general_dilated(
        x, w["W"], strides, padding, dimension_numbers=layout, **options
    )
    return y + w["b"]


def conv_image_unbiased(w, x, *, stride, padding, **options):
    """Convolve over an image; options are those of `lax.conv_general_dilated`.

    x: [B, H, W, in]; W: [kernel, kernel, in / groups, filters].
    """
    layout, strides = ("NHWC", "HWIO", "NHWC"), (stride, stride)
    return lax.conv_general_dilated(
        x, w["W"], strides, padding, dimension_numbers=layout, **options
    )


def depthwise_image(kernel, x, *, stride, padding, **options):
    """Convolve every feature of an image on its own.

    x: [B, H, W, in]; kernel: [kernel, kernel, in, multiplier].
    """
    features = x.shape[-1]
    return lax.conv_general_dilated(
        x,
        kernel.reshape(*kernel.shape[:2], 1, -1),
        (stride, stride),
        padding,
        dimension_numbers=("NHWC", "HWIO", "NHWC"),
        feature_group_count=features,
        **options,
    )


def transposed_image(kernel, x, *, stride, padding):
    """Spread every place of an image over a window.

    x: [B, H, W, in]; kernel: [kernel, kernel, filters, in].
    """
    return lax.conv_general_dilated(
        x,
        kernel[::-1, ::-1],
        (1, 1),
        (padding, padding),
        lhs_dilation=(stride, stride),
        dimension_numbers=("NHWC", "HWOI", "NHWC"),
    )


def maxpool_image(x, size, stride, padding):
    """Take the largest of each window over an image.  x: [B, H, W, features]."""
    window, strides = (1, size, size, 1), (1, stride, stride, 1)
    return lax.reduce_window(x, -jnp.inf, lax.max, window, strides, padding)


def avgpool_image(x, size, stride):
    """Take the mean of each window over an image.  x: [B, H, W, features]."""
    return window_sum_image(x, size, stride, "VALID") / size**2


def avgpool_same_image(x, size, stride):
    """Take the mean of each window over an image, padding left out."""
    count = window_sum_image(jnp.ones_like(x), size, stride, "SAME")
    return window_sum_image(x, size, stride, "SAME") / count


def window_sum_image(x, size, stride, padding):
    """Sum each window over an image."""
    window, strides = (1, size, size, 1), (1, stride, stride, 1)
    return lax.reduce_window(x, 0.0, lax.add, window, strides, padding)
