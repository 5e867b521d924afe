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
