"""Steps that are rows for a while."""


def steps_to_rows(x):
    """Make every step a row of its own.  x: [B, T, ...]; gives [B * T, ...]."""
    return x.reshape(-1, *x.shape[2:])


def rows_to_steps(x, before):
    """Put the rows back in their steps.  before: [B, T, ...], what was folded."""
    return x.reshape(*before.shape[:2], *x.shape[1:])
