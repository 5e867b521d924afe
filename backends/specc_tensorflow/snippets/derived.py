"""A cell run along time with a backward pass of its own, derived from its equations."""

# mypy: ignore-errors

import tensorflow as tf
from keras import layers, ops

from specc_tensorflow.snippets.recurrence import ConditionedRNN, DropoutRNN, TensorRNN
from specc_tensorflow.snippets.registration import register


@register
class CompiledRNN(layers.RNN):
    """A loop over a cell whose backward pass is derived from its equations.

    The two loops are compiled, anew for every batch size and every length that comes;
    the large products, over all steps at once, stand outside of them.
    """

    def call(self, sequences, initial_state=None, mask=None, training=False):
        x, valid = time_first(sequences), time_first(mask)
        if self.go_backwards:
            x, valid = last_first(x), last_first(valid)
        states = initial_state
        if states is None:
            states = self.get_initial_state(ops.shape(sequences)[0])
        outputs, final = run_cell(
            type(self.cell),
            *tf.nest.map_structure(tf.convert_to_tensor, self.cell.ready()),
            x,
            valid,
            tuple(states),
            self.return_sequences,
        )
        if initial_state is not None and mask is not None:
            outputs = zero_before_start(outputs, valid, self.return_sequences)
        output = time_first(outputs) if self.return_sequences else outputs
        return (output, *final) if self.return_state else output


@register
class DropoutCompiledRNN(DropoutRNN, CompiledRNN):
    """Such a loop that drops while training."""


@register
class CompiledTensorRNN(CompiledRNN, TensorRNN):
    """Such a loop over a cell whose states are matrices or the like."""


@register
class DropoutCompiledTensorRNN(DropoutRNN, CompiledRNN, TensorRNN):
    """Both: a loop that drops, over a cell with such states."""


@register
class ConditionedCompiledRNN(ConditionedRNN, CompiledRNN):
    """Such a loop over a cell that sees the same values, `outside`, at every step."""


@register
class ConditionedDropoutCompiledRNN(ConditionedRNN, DropoutRNN, CompiledRNN):
    """Both: a loop over a cell that sees values, and that drops while training."""


@register
class ConditionedCompiledTensorRNN(ConditionedRNN, CompiledRNN, TensorRNN):
    """Such a loop over a cell that sees values and whose states are matrices."""


@register
class ConditionedDropoutCompiledTensorRNN(
    ConditionedRNN, DropoutRNN, CompiledRNN, TensorRNN
):
    """All three."""


def run_cell(cell, w, around, x, mask, states, every):
    """Run a cell along time, with the backward pass derived from its equations.

    w: the weights that the loop reads; around: those read before it and after it;
    x: [T, B, ...]; mask: [T, B], a step that does not count keeps all states, or None;
    states: [B, ...] each.
    Returns the outputs [T, B, ...], or the last one alone, and the final states.
    """
    inputs = cell.before(around, x)
    if not cell.staged:
        places = (0,) if every else ()
        outputs, final = run_loop(cell, places, w, inputs, mask, states)
        return (*outputs, *final)[0], final
    after, final = run_loop(cell, range(len(states)), w, inputs, mask, states)
    before = states_before(after, states)
    outputs = cell.after(around, x, before, after, inputs)
    if mask is not None:
        outputs = repeat_valid(outputs, mask)
    return outputs if every else outputs[-1], final


def run_loop(cell, places, w, inputs, mask, states):
    """Run the loop of a cell; weights get their gradients from all steps at once.

    places: of the states whose values at every step are wanted.
    Returns these, and the final states.
    """

    @tf.custom_gradient
    def loop(w, inputs, states):
        # The gradient is the one below; a tape need not record any other.
        given = tf.nest.map_structure(tf.stop_gradient, (w, inputs, states))
        after, residuals = run_forward(cell, *given, mask)

        def backpropagate(*gradients):
            before, read = states_before(after, states), (*inputs, *residuals)
            d_outputs, d_final = gradients[: len(places)], gradients[len(places) :]
            d_outputs = dict(zip(places, d_outputs, strict=True))
            d_states, found = run_backward(
                cell, w, read, mask, before, d_outputs, d_final
            )
            d_w, d_inputs = cell.gradients(w, before, read, found)
            return tf.nest.flatten((d_w, d_inputs, d_states))

        outputs = [after[place] for place in places]
        return (*outputs, *(states[-1] for states in after)), backpropagate

    results = loop(w, inputs, states)
    return results[: len(places)], results[len(places) :]


@tf.function(jit_compile=True, autograph=False)
def run_forward(cell, w, inputs, states, mask):
    """Run a loop: the states after every step, and what the backward pass needs."""

    def advance(states, now):
        inputs, valid = now
        found = cell.step(w, states, inputs)
        new, residuals = found[: len(states)], found[len(states) :]
        states = choose_all(valid, new, states)
        return states, (states, residuals)

    return run_steps(advance, states, (inputs, mask))[1]


@tf.function(jit_compile=True, autograph=False)
def run_backward(cell, w, read, mask, before, d_outputs, d_final):
    """Run a loop back: gradients of the first states, and what others come from."""

    def step_back(carried, now):
        (d_states, sums), (read, valid, states, d_outputs) = carried, now
        d_states = tuple(
            d + d_outputs[place] if place in d_outputs else d
            for place, d in enumerate(d_states)
        )
        given = choose_all(valid, d_states, tuple(map(tf.zeros_like, d_states)))
        d_before, found = cell.backward(w, states, read, given)
        d_states = choose_all(valid, d_before, d_states)
        sums = tuple(map(tf.add, sums, found))  # of the first of what is found
        return (d_states, sums), found[len(sums) :]

    zeros = tuple(tf.zeros_like(w[name]) for name in cell.added)
    steps, start = (read, mask, before, d_outputs), (tuple(d_final), zeros)
    (d_states, sums), found = run_steps(step_back, start, steps, last_first=True)
    return d_states, (*sums, *found)


def run_steps(step, carried, steps, last_first=False):
    """Take a step at every place of the first axis.

    step: from what is carried and what there is now to what is carried on and found.
    Returns what is carried at the end, and what was found, at every place.
    """
    count = tf.shape(tf.nest.flatten(steps)[0])[0]

    def now(place):
        return tf.nest.map_structure(lambda x: None if x is None else x[place], steps)

    def body(number, carried, arrays):
        place = count - 1 - number if last_first else number
        carried, found = step(carried, now(place))
        written = [
            array.write(place, one)
            for array, one in zip(arrays, tf.nest.flatten(found), strict=True)
        ]
        return number + 1, carried, written

    example = step(carried, now(0))[1]  # for its shapes alone
    arrays = [
        tf.TensorArray(one.dtype, count, element_shape=one.shape)
        for one in tf.nest.flatten(example)
    ]
    _, carried, arrays = tf.while_loop(
        lambda number, *_: number < count,
        body,
        (0, carried, arrays),
        maximum_iterations=count,
    )
    found = [array.stack() for array in arrays]
    return carried, tf.nest.pack_sequence_as(example, found)


def states_before(after, states):
    """The states before every step, from those after it and the first ones."""
    pairs = zip(after, states, strict=True)
    return tuple(tf.concat([first[None], a[:-1]], axis=0) for a, first in pairs)


def choose_all(valid, new, old):
    """The new values at steps that count, else the old ones."""
    if valid is None:
        return tuple(new)
    return tuple(
        tf.where(like_rank(valid, a), a, b) for a, b in zip(new, old, strict=True)
    )


def repeat_valid(outputs, mask):
    """Repeat the last valid output at steps that do not count; zeros before the first.

    outputs: [T, B, ...]; mask: [T, B].
    """
    outputs, mask = time_first(outputs), time_first(mask)
    steps = tf.broadcast_to(tf.range(tf.shape(mask)[1]), tf.shape(mask))
    valid_first = tf.argsort(tf.where(mask, steps, steps + tf.shape(mask)[1]))
    seen = tf.cumsum(tf.cast(mask, tf.int32), axis=1)
    last = tf.gather(valid_first, tf.maximum(seen - 1, 0), batch_dims=1)
    repeated = tf.gather(outputs, last, batch_dims=1)
    zeros = tf.zeros_like(repeated)
    return time_first(tf.where(like_rank(seen > 0, repeated), repeated, zeros))


def zero_before_start(outputs, mask, every):
    """Zero the outputs before the first valid step, also where there is none.

    outputs: [T, B, ...], or [B, ...] of the last step alone; mask: [T, B].
    """
    started = tf.cumsum(tf.cast(mask, tf.int32)) > 0
    started = started if every else started[-1]
    return tf.where(like_rank(started, outputs), outputs, tf.zeros_like(outputs))


def like_rank(mask, x):
    """A mask with axes of one place after its own, as many as x has more."""
    return mask[(..., *[None] * (x.shape.rank - mask.shape.rank))]


def time_first(x):
    """Steps before rows of the batch, or the other way round; None stays as it is."""
    if x is None:
        return None
    return tf.transpose(x, [1, 0, *range(2, x.shape.rank)])


def last_first(x):
    """Steps from the last to the first; None stays as it is."""
    return None if x is None else tf.reverse(x, [0])


def along(x, other):
    """Lay x, which is the same at every step, along the steps and rows of another."""
    shape = tf.concat([tf.shape(other)[:-1], tf.shape(x)[-1:]], axis=0)
    return tf.broadcast_to(x, shape)


def rows_times(x, matrix, **options):
    """Multiply the last axis of x by a matrix, as one product for all steps.

    x: [T, B, n]; options are those of tf.matmul.
    """
    rows = tf.matmul(tf.reshape(x, [-1, x.shape[-1]]), matrix, **options)
    steps = tf.concat([tf.shape(x)[:-1], rows.shape[-1:]], axis=0)
    return tf.reshape(rows, steps)


def over_all_steps(x, d):
    """The gradient of a matrix: x times d, summed over the batch and all steps.

    x: [T, B, m]; d: [T, B, n]; the result is [m, n].
    """
    rows = tf.reshape(x, [-1, x.shape[-1]])
    return tf.matmul(rows, tf.reshape(d, [-1, d.shape[-1]]), transpose_a=True)
