"""Initial values of weights: the same numbers from one seed in every backend.

Used as they stand, and copied into generated programs; so they are untyped here, as
generated code is, and typed in `initial.pyi`.
"""

# ruff: noqa: PTH123

import numpy as np


def glorot_uniform(seed, path, shape, fan_in, fan_out):
    """Uniform in +-sqrt(6 / (fan_in + fan_out))."""
    return uniform(seed, path, shape, np.sqrt(6 / (fan_in + fan_out)))


def glorot_normal(seed, path, shape, fan_in, fan_out):
    """Normal with variance 2 / (fan_in + fan_out)."""
    return normal(seed, path, shape, np.sqrt(2 / (fan_in + fan_out)))


def he_uniform(seed, path, shape, fan_in):
    """Uniform in +-sqrt(6 / fan_in)."""
    return uniform(seed, path, shape, np.sqrt(6 / fan_in))


def he_normal(seed, path, shape, fan_in):
    """Normal with variance 2 / fan_in."""
    return normal(seed, path, shape, np.sqrt(2 / fan_in))


def lecun_uniform(seed, path, shape, fan_in):
    """Uniform in +-sqrt(3 / fan_in)."""
    return uniform(seed, path, shape, np.sqrt(3 / fan_in))


def lecun_normal(seed, path, shape, fan_in):
    """Normal with variance 1 / fan_in."""
    return normal(seed, path, shape, np.sqrt(1 / fan_in))


def uniform(seed, path, shape, limit=0.05):
    """Uniform in [-limit, limit]."""
    return generator(seed, path).uniform(-limit, limit, shape).astype(np.float32)


def normal(seed, path, shape, deviation=0.05):
    """Normal around 0."""
    return generator(seed, path).normal(0, deviation, shape).astype(np.float32)


def truncated_normal(seed, path, shape, deviation, mean=0):
    """Normal; what is more than two deviations from the mean is drawn again."""
    stream = generator(seed, path)
    found = stream.standard_normal(shape)
    while np.any(far := np.abs(found) > 2):
        found[far] = stream.standard_normal(np.sum(far))
    return (mean + deviation * found).astype(np.float32)


def orthogonal(seed, path, shape):
    """A random matrix with orthonormal columns, or rows where it is wide.

    Axes before the last count as one.
    """
    rows, columns = int(np.prod(shape[:-1])), shape[-1]
    tall = (max(rows, columns), min(rows, columns))
    q, r = np.linalg.qr(generator(seed, path).standard_normal(tall))
    q = q * np.copysign(1, np.diag(r))  # every orthogonal matrix equally likely
    matrix = q if rows >= columns else q.T
    return matrix.reshape(shape).astype(np.float32, order="C")


def identity(shape):
    """One where row and column are the same, else zero."""
    return np.eye(*shape, dtype=np.float32)


def zeros(shape):
    """Make zeros."""
    return np.zeros(shape, np.float32)


def ones(shape):
    """Make ones."""
    return np.ones(shape, np.float32)


def vectors(file, shape):
    """Vectors from a text file as GloVe has them; line k, from 0, is for id k.

    A line is a word and its numbers, between spaces; a word may hold spaces itself.
    """
    rows, width = shape
    table = np.empty(shape, np.float32)
    count = 0
    try:
        with open(file, encoding="utf-8", errors="replace", newline="\n") as lines:
            for count, line in enumerate(lines, 1):
                if count <= rows:
                    table[count - 1] = vector(line, width, f"{file}, line {count}")
    except OSError as error:
        raise ValueError(f"{file} cannot be read: {error.strerror}") from error
    if count != rows:
        raise ValueError(f"{file} has {count} lines, expected {rows}, one for each id")
    return table


def vector(line, width, place):
    """The numbers of one line; `place` says where it is if they are not right."""
    line = line.rstrip(" \r\n")
    word, *fields = line.rsplit(" ", width)
    _, space, before = word.rpartition(" ")
    if len(fields) < width or (space and np.isfinite(as_number(before))):
        found = line.count(" ")
        raise ValueError(f"{place}: a word and {found} numbers, expected {width}")
    values = np.array([as_number(field) for field in fields], np.float32)
    if not np.isfinite(values).all():
        wrong = fields[np.argmin(np.isfinite(values))]
        raise ValueError(f"{place}: {wrong!r} is not a number that can be used")
    return values


def as_number(text):
    """The number that a text spells, NaN if it spells none."""
    try:
        return float(text)
    except ValueError:
        return np.nan


def generator(seed, path):
    """A random stream that belongs to one weight."""
    key = np.array([seed, fold(path)], np.uint64)
    return np.random.Generator(np.random.Philox(key=key))


def fold(path):
    """A 64-bit number for a weight's path (FNV-1a)."""
    number = 0xCBF29CE484222325
    for byte in path.encode():
        number = ((number ^ byte) * 0x100000001B3) % 2**64
    return number
