"""Convolution along time."""

from jax import lax


def conv(w, x, *, stride, padding, **options):
    """Convolve along time; options are those of `lax.conv_general_dilated`.

    x: [B, T, in]; W: [kernel, in / groups, filters]; b: [filters].
    """
    layout = ("NWC", "WIO", "NWC")
    y = lax.conv_general_dilated(
        x, w["W"], (stride,), padding, dimension_numbers=layout, **options
    )
    return y + w["b"]


def conv_unbiased(w, x, *, stride, padding, **options):
    """Convolve along time; options are those of `lax.conv_general_dilated`.

    x: [B, T, in]; W: [kernel, in / groups, filters].
    """
    layout = ("NWC", "WIO", "NWC")
    return lax.conv_general_dilated(
        x, w["W"], (stride,), padding, dimension_numbers=layout, **options
    )


def depthwise(kernel, x, *, stride, padding, **options):
    """Convolve every feature on its own along time.

    x: [B, T, in]; kernel: [kernel, in, multiplier].
    """
    features = x.shape[-1]
    return lax.conv_general_dilated(
        x,
        kernel.reshape(kernel.shape[0], 1, -1),
        (stride,),
        padding,
        dimension_numbers=("NWC", "WIO", "NWC"),
        feature_group_count=features,
        **options,
    )


def transposed(kernel, x, *, stride, padding):
    """Spread every step over a window.

    x: [B, T, in]; kernel: [kernel, filters, in].
    """
    return lax.conv_general_dilated(
        x,
        kernel[::-1],
        (1,),
        (padding,),
        lhs_dilation=(stride,),
        dimension_numbers=("NWC", "WOI", "NWC"),
    )


def transposed_of_any(kernel, x, *, stride, padding, more):
    """Spread every step over a window; of no step, only `more` places are left."""
    y = transposed(kernel, x, stride=stride, padding=padding)
    return y[:, : x.shape[1] * stride + more]
