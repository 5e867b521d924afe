"""Values compared, where Keras has no layer or another gradient."""

# mypy: ignore-errors

from keras import layers, ops

from specc_tensorflow.snippets.registration import register


@register
class Maximum(layers.Layer):
    """The largest of several values; equal ones share the gradient."""

    def call(self, values):
        largest, *rest = values
        for x in rest:
            equal = (largest + x) / 2
            lower = ops.where(largest < x, x, equal)
            largest = ops.where(largest > x, largest, lower)
        return largest


@register
class CosineSimilarity(layers.Layer):
    """The cosine of the angle over the last axis; 0 where one is all zeros."""

    def call(self, a, b):
        lengths = self.length(a) * self.length(b)
        return ops.sum(a * b, axis=-1) / lengths

    def length(self, x):
        return ops.sqrt(ops.maximum(ops.sum(x * x, axis=-1), 1e-12))


@register
class ManhattanDistance(layers.Layer):
    """The l1 distance over the last axis."""

    def call(self, a, b):
        return ops.sum(ops.abs(a - b), axis=-1)


@register
class EuclideanDistance(layers.Layer):
    """The l2 distance over the last axis; that of equal vectors is 1e-6."""

    def call(self, a, b):
        squares = ops.sum(ops.square(a - b), axis=-1)
        return ops.sqrt(ops.maximum(squares, 1e-12))
