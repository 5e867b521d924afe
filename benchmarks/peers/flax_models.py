"""The models in Flax NNX: its layers, cells under `nnx.RNN`, lengths of rows."""

from __future__ import annotations

from typing import Any

import jax
import jax.numpy as jnp
from flax import nnx

from benchmarks.cases import Arrays
from benchmarks.peers.stacked import columns, rows

RNGS = nnx.Rngs(0)
"""Where modules draw the weights that are then replaced."""


class Model(nnx.Module):
    """A module without a penalty on its weights."""

    def penalty(self) -> Any:
        return 0.0


class BiLSTM(Model):
    """Bidirectional LSTMs and a small head; the last outputs are the last carries."""

    def __init__(self, w: Arrays, *units: int) -> None:
        self.embed = embedding(w, "embed")
        widths = [64, *(2 * n for n in units)]
        names = ("bi_lstm", "bi_lstm_2")
        self.lstms = nnx.List(
            bidirectional(w, name, width, n)
            for name, width, n in zip(names, widths, units, strict=False)
        )
        self.hidden = linear(w, "dense")
        self.out = linear(w, "dense_2")

    def __call__(self, tokens: Any) -> Any:
        lengths = (tokens != 0).sum(1)
        x = self.embed(tokens)
        for lstm in self.lstms:
            carries, x = lstm(x, seq_lengths=lengths, return_carry=True)
        (_, ahead), (_, back) = carries
        last = jnp.concatenate([ahead, back], axis=-1)
        return self.out(nnx.relu(self.hidden(last)))


class ConvConv(Model):
    """Two convolutions."""

    def __init__(self, w: Arrays) -> None:
        self.embed = embedding(w, "embed")
        self.first = convolution(w, "conv")
        self.second = convolution(w, "conv_2")
        self.hidden = linear(w, "dense")
        self.out = linear(w, "dense_2")

    def __call__(self, tokens: Any) -> Any:
        x = nnx.relu(self.first(self.embed(tokens)))
        x = nnx.relu(self.second(x))
        return self.out(nnx.relu(self.hidden(x.mean(1))))


class Sonnets(Model):
    """The next word after ten."""

    def __init__(self, w: Arrays) -> None:
        self.embed = embedding(w, "embed")
        self.below = bidirectional(w, "bi_lstm", 100, 150)
        self.dropout = nnx.Dropout(0.2, rngs=nnx.Rngs(0))
        self.above = nnx.RNN(lstm_cell(w, "lstm", 300, 100), return_carry=True)
        self.hidden = linear(w, "dense")
        self.out = linear(w, "dense_2")

    def __call__(self, words: Any) -> Any:
        x = self.dropout(self.below(self.embed(words)))
        (_, h), _ = self.above(x)
        return self.out(nnx.relu(self.hidden(h)))

    def penalty(self) -> Any:
        return 0.01 * jnp.sum(jnp.square(self.hidden.kernel[...]))


class ShakespeareGRU(Model):
    """The next character; the state goes in and would come out."""

    def __init__(self, w: Arrays) -> None:
        self.embed = embedding(w, "embed")
        self.gru = nnx.RNN(gru_cell(w, "gru", 256, 1024), return_carry=True)
        self.out = linear(w, "dense")

    def __call__(self, ids: Any, state: Any) -> Any:
        _, x = self.gru(self.embed(ids), initial_carry=state)
        return self.out(x)


class LanguageModel(Model):
    """Two LSTMs of 650."""

    def __init__(self, w: Arrays) -> None:
        self.embed = embedding(w, "embed")
        self.first = nnx.RNN(lstm_cell(w, "lstm", 650, 650))
        self.second = nnx.RNN(lstm_cell(w, "lstm_2", 650, 650))
        self.out = linear(w, "dense")

    def __call__(self, words: Any) -> Any:
        return self.out(self.second(self.first(self.embed(words))))


class GRUAttention(Model):
    """Encoder, decoder and attention over what the encoder saw."""

    def __init__(self, w: Arrays) -> None:
        self.source = embedding(w, "embed")
        self.encoder = nnx.RNN(gru_cell(w, "gru", 256, 256), return_carry=True)
        self.target = embedding(w, "embed_2")
        self.decoder = nnx.RNN(gru_cell(w, "gru_2", 256, 256))
        self.joined = linear(w, "dense")
        self.out = linear(w, "dense_2")

    def __call__(self, source: Any, target: Any) -> Any:
        counts = source != 0
        lengths = counts.sum(1)
        last, memory = self.encoder(self.source(source), seq_lengths=lengths)
        y = self.decoder(self.target(target), initial_carry=last)
        heads = [one[:, :, None] for one in (y, memory, memory)]
        seen = nnx.dot_product_attention(*heads, mask=counts[:, None, None])
        joined = jnp.concatenate([seen[:, :, 0], y], axis=-1)
        return self.out(nnx.tanh(self.joined(joined)))


class MinGRUCell(nnx.RNNCellBase):
    """A GRU linear in its state."""

    def __init__(self, w: Arrays, inputs: int, units: int) -> None:
        self.units = units
        self.inner = nnx.Linear(inputs, 2 * units, rngs=RNGS)
        self.inner.kernel[...] = jnp.asarray(columns(w, "min_gru", "W_z W_n"))
        self.inner.bias[...] = jnp.asarray(rows(w, "min_gru", "b_z b_n"))

    def __call__(self, carry: Any, inputs: Any) -> Any:
        gate, new = jnp.split(self.inner(inputs), 2, axis=-1)
        gate = nnx.sigmoid(gate)
        h = (1 - gate) * carry + gate * new
        return h, h

    def initialize_carry(self, input_shape: Any, rngs: Any = None, **_: Any) -> Any:
        return jnp.zeros((*input_shape[:-1], self.units))

    @property
    def num_feature_axes(self) -> int:
        return 1


class LongMinGRU(Model):
    """A custom cell under `nnx.RNN`."""

    def __init__(self, w: Arrays) -> None:
        self.recurrent = nnx.RNN(MinGRUCell(w, 32, 64))
        self.out = linear(w, "dense")

    def __call__(self, x: Any) -> Any:
        return self.out(self.recurrent(x).mean(1))


class LongLRU(Model):
    """The layer as its authors print it in JAX: complex, by an associative scan."""

    def __init__(self, w: Arrays) -> None:
        for name in ("nu_log", "theta_log", "gamma_log", "D"):
            setattr(self, name, nnx.Param(jnp.asarray(w[f"lru.{name}"])))
        for name in ("B_re", "B_im", "C_re", "C_im"):
            setattr(self, name, nnx.Param(jnp.asarray(w[f"lru.{name}"])))
        self.out = linear(w, "dense")

    def __call__(self, x: Any) -> Any:
        phase = jnp.exp(self.theta_log[...])
        eigenvalue = jnp.exp(-jnp.exp(self.nu_log[...]) + 1j * phase)
        into = (self.B_re[...] + 1j * self.B_im[...]) * jnp.exp(self.gamma_log)[:, None]
        out_of = self.C_re[...] + 1j * self.C_im[...]

        def combine(before: Any, after: Any) -> Any:
            return before[0] * after[0], after[0] * before[1] + after[1]

        inside = x @ into.T
        powers = jnp.broadcast_to(eigenvalue, inside.shape)
        _, s = jax.lax.associative_scan(combine, (powers, inside), axis=1)
        y = (s @ out_of.T).real + self.D * x
        return self.out(nnx.gelu(y, approximate=False).mean(1))


MODELS: Any = {
    "imdb_bilstm": lambda w: BiLSTM(w, 64),
    "imdb_stacked_bilstm": lambda w: BiLSTM(w, 64, 32),
    "imdb_conv_conv": ConvConv,
    "sonnets": Sonnets,
    "shakespeare_gru": ShakespeareGRU,
    "lstm_language_model": LanguageModel,
    "gru_attention": GRUAttention,
    "long_min_gru": LongMinGRU,
    "long_lru": LongLRU,
}


def embedding(w: Arrays, path: str) -> nnx.Embed:
    """An embedding with the spec's table."""
    table = w[f"{path}.table"]
    made = nnx.Embed(*table.shape, rngs=RNGS)
    made.embedding[...] = jnp.asarray(table)
    return made


def linear(w: Arrays, path: str) -> nnx.Linear:
    """A dense layer with the spec's weights."""
    made = nnx.Linear(*w[f"{path}.W"].shape, rngs=RNGS)
    made.kernel[...] = jnp.asarray(w[f"{path}.W"])
    made.bias[...] = jnp.asarray(w[f"{path}.b"])
    return made


def convolution(w: Arrays, path: str) -> nnx.Conv:
    """A convolution with the spec's weights."""
    kernel, inputs, filters = w[f"{path}.W"].shape
    made = nnx.Conv(inputs, filters, kernel, padding="VALID", rngs=RNGS)
    made.kernel[...] = jnp.asarray(w[f"{path}.W"])
    made.bias[...] = jnp.asarray(w[f"{path}.b"])
    return made


def lstm_cell(w: Arrays, path: str, inputs: int, units: int) -> nnx.OptimizedLSTMCell:
    """An LSTM cell: one bias for each gate, gates i f g o."""
    made = nnx.OptimizedLSTMCell(inputs, units, rngs=RNGS)
    made.dense_i.kernel[...] = jnp.asarray(columns(w, path, "W_i W_f W_g W_o"))
    made.dense_h.kernel[...] = jnp.asarray(columns(w, path, "U_i U_f U_g U_o"))
    made.dense_h.bias[...] = jnp.asarray(rows(w, path, "b_i b_f b_g b_o"))
    return made


def bidirectional(w: Arrays, path: str, inputs: int, units: int) -> nnx.Bidirectional:
    """Two LSTMs, one for each direction."""
    ahead = lstm_cell(w, f"{path}.forward", inputs, units)
    back = lstm_cell(w, f"{path}.backward", inputs, units)
    return nnx.Bidirectional(nnx.RNN(ahead), nnx.RNN(back))


def gru_cell(w: Arrays, path: str, inputs: int, units: int) -> nnx.GRUCell:
    """Flax's cell, with the biases on the side of the state that Keras's has."""
    made = nnx.GRUCell(inputs, units, rngs=RNGS)
    made.dense_h = nnx.Linear(units, 3 * units, rngs=RNGS)
    made.dense_i.kernel[...] = jnp.asarray(columns(w, path, "W_r W_z W_n"))
    made.dense_i.bias[...] = jnp.asarray(rows(w, path, "b_r b_z b_n"))
    made.dense_h.kernel[...] = jnp.asarray(columns(w, path, "U_r U_z U_n"))
    made.dense_h.bias[...] = jnp.asarray(rows(w, path, "d_r d_z d_n"))
    return made
