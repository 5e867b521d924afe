"""The affine map."""


def dense(w, x):
    """Map the last axis: x W + b.  W: [in, units], b: [units]."""
    return x @ w["W"] + w["b"]
