"""Names of fresh weights."""

# mypy: ignore-errors


def flat(drawn):
    """Give every weight its full name: its layer's path, a dot, its own."""
    return {
        f"{path}.{name}": array
        for path, weights in drawn.items()
        for name, array in weights.items()
    }
