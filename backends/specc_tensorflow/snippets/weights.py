"""Weights that are values."""

# mypy: ignore-errors

from keras import layers, ops

from specc_tensorflow.snippets.registration import register


@register
class Weights(layers.Layer):
    """Weights by name, whatever it is called on; they have no batch axis."""

    def __init__(self, shapes, **kwargs):
        super().__init__(**kwargs)
        self.shapes = shapes

    def build(self, input_shape):
        self.own = {
            name: self.add_weight(shape, name=name)
            for name, shape in self.shapes.items()
        }

    def call(self, x):
        found = [ops.convert_to_tensor(one) for one in self.own.values()]
        return found if len(found) > 1 else found[0]

    def compute_mask(self, x, mask=None):
        return None

    def get_config(self):
        return {**super().get_config(), "shapes": dict(self.shapes)}


@register
class EachExample(layers.Layer):
    """A value without a batch axis, once for every example of x."""

    def call(self, w, x):
        return ops.broadcast_to(w, (ops.shape(x)[0], *w.shape))

    def compute_output_shape(self, w_shape, x_shape):
        return (x_shape[0], *w_shape)

    def compute_mask(self, w, mask=None):
        return None
