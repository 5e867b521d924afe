"""The models in Keras 3, functional, with its own layers and masks."""

from __future__ import annotations

from typing import Any

import keras
from keras import layers, ops

from benchmarks.cases import Arrays, Case
from benchmarks.keras_training import KerasProgram, multiply, threads
from benchmarks.peers.keras_cells import LRUCell, MinGRUCell
from benchmarks.peers.stacked import columns, rows

__all__ = ["make", "multiply", "threads"]


def make(case: Case, weights: Arrays) -> KerasProgram:
    """The model of a case, with these weights."""
    return KerasProgram(case, MODELS[case.name](weights))


def imdb_bilstm(w: Arrays) -> keras.Model:
    """One bidirectional LSTM."""
    tokens = keras.Input((None,), dtype="int32")
    x = layers.Embedding(8185, 64, mask_zero=True, name="embed")(tokens)
    x = layers.Bidirectional(layers.LSTM(64), name="bi_lstm")(x)
    x = layers.Dense(64, activation="relu", name="dense")(x)
    x = layers.Dense(1, activation="sigmoid", name="dense_2")(x)
    model = keras.Model(tokens, x)
    embedding(model, w, "embed")
    both_directions(model, w, "bi_lstm")
    dense(model, w, "dense", "dense_2")
    return model


def imdb_stacked_bilstm(w: Arrays) -> keras.Model:
    """Two bidirectional LSTMs."""
    tokens = keras.Input((None,), dtype="int32")
    x = layers.Embedding(8185, 64, mask_zero=True, name="embed")(tokens)
    lstm = layers.LSTM(64, return_sequences=True)
    x = layers.Bidirectional(lstm, name="bi_lstm")(x)
    x = layers.Bidirectional(layers.LSTM(32), name="bi_lstm_2")(x)
    x = layers.Dense(64, activation="relu", name="dense")(x)
    x = layers.Dense(1, activation="sigmoid", name="dense_2")(x)
    model = keras.Model(tokens, x)
    embedding(model, w, "embed")
    both_directions(model, w, "bi_lstm", "bi_lstm_2")
    dense(model, w, "dense", "dense_2")
    return model


def imdb_conv_conv(w: Arrays) -> keras.Model:
    """Two convolutions; Keras's let no mask through."""
    tokens = keras.Input((None,), dtype="int32")
    x = layers.Embedding(8185, 64, name="embed")(tokens)
    x = layers.Conv1D(128, 5, activation="relu", name="conv")(x)
    x = layers.Conv1D(128, 3, activation="relu", name="conv_2")(x)
    x = layers.GlobalAveragePooling1D()(x)
    x = layers.Dense(64, activation="relu", name="dense")(x)
    x = layers.Dense(1, activation="sigmoid", name="dense_2")(x)
    model = keras.Model(tokens, x)
    embedding(model, w, "embed")
    dense(model, w, "conv", "conv_2", "dense", "dense_2")
    return model


def sonnets(w: Arrays) -> keras.Model:
    """The next word after ten."""
    words = keras.Input((10,), dtype="int32")
    x = layers.Embedding(3211, 100, name="embed")(words)
    lstm = layers.LSTM(150, return_sequences=True)
    x = layers.Bidirectional(lstm, name="bi_lstm")(x)
    x = layers.Dropout(0.2)(x)
    x = layers.LSTM(100, name="lstm")(x)
    penalty = keras.regularizers.L2(0.01)
    x = layers.Dense(1605, "relu", kernel_regularizer=penalty, name="dense")(x)
    x = layers.Dense(3211, "softmax", name="dense_2")(x)
    model = keras.Model(words, x)
    embedding(model, w, "embed")
    both_directions(model, w, "bi_lstm")
    model.get_layer("lstm").set_weights(lstm_weights(w, "lstm"))
    dense(model, w, "dense", "dense_2")
    return model


def shakespeare_gru(w: Arrays) -> keras.Model:
    """The next character; the state goes in and comes out."""
    ids = keras.Input((None,), dtype="int32")
    state = keras.Input((1024,))
    x = layers.Embedding(66, 256, name="embed")(ids)
    gru = layers.GRU(1024, return_sequences=True, return_state=True, name="gru")
    x, after = gru(x, initial_state=state)
    x = layers.Dense(66, name="dense")(x)
    model = keras.Model([ids, state], {"logits": x, "after": after})
    embedding(model, w, "embed")
    model.get_layer("gru").set_weights(gru_weights(w, "gru"))
    dense(model, w, "dense")
    return model


def lstm_language_model(w: Arrays) -> keras.Model:
    """Two LSTMs of 650."""
    words = keras.Input((None,), dtype="int32")
    x = layers.Embedding(10000, 650, name="embed")(words)
    x = layers.LSTM(650, return_sequences=True, name="lstm")(x)
    x = layers.LSTM(650, return_sequences=True, name="lstm_2")(x)
    x = layers.Dense(10000, name="dense")(x)
    model = keras.Model(words, x)
    embedding(model, w, "embed")
    for name in ("lstm", "lstm_2"):
        model.get_layer(name).set_weights(lstm_weights(w, name))
    dense(model, w, "dense")
    return model


def gru_attention(w: Arrays) -> keras.Model:
    """Encoder, decoder, attention; Keras's does not scale its scores."""
    source = keras.Input((None,), dtype="int32")
    target = keras.Input((None,), dtype="int32")
    x = layers.Embedding(8000, 256, mask_zero=True, name="embed")(source)
    encoder = layers.GRU(256, return_sequences=True, return_state=True, name="gru")
    memory, last = encoder(x)
    y = layers.Embedding(8000, 256, name="embed_2")(target)
    decoder = layers.GRU(256, return_sequences=True, name="gru_2")
    y = decoder(y, initial_state=last)
    seen = layers.Attention()([y * 256**-0.5, memory])
    y = layers.Concatenate()([seen, y])
    y = layers.Dense(256, activation="tanh", name="dense")(y)
    y = layers.Dense(8000, name="dense_2")(y)
    model = keras.Model([source, target], y)
    embedding(model, w, "embed", "embed_2")
    for name in ("gru", "gru_2"):
        model.get_layer(name).set_weights(gru_weights(w, name))
    dense(model, w, "dense", "dense_2")
    return model


def long_min_gru(w: Arrays) -> keras.Model:
    """A custom cell over a long sequence."""
    x = signal = keras.Input((None, 32))
    x = layers.RNN(MinGRUCell(64), return_sequences=True, name="min_gru")(x)
    x = layers.GlobalAveragePooling1D()(x)
    x = layers.Dense(10, name="dense")(x)
    model = keras.Model(signal, x)
    kernel = columns(w, "min_gru", "W_z W_n")
    bias = rows(w, "min_gru", "b_z b_n")
    model.get_layer("min_gru").set_weights([kernel, bias])
    dense(model, w, "dense")
    return model


def long_lru(w: Arrays) -> keras.Model:
    """Another custom cell over a long sequence."""
    x = signal = keras.Input((None, 64))
    x = layers.RNN(LRUCell(64), return_sequences=True, name="lru")(x)
    x = ops.gelu(x, approximate=False)
    x = layers.GlobalAveragePooling1D()(x)
    x = layers.Dense(10, name="dense")(x)
    model = keras.Model(signal, x)
    names = ("nu_log", "theta_log", "gamma_log", "D")
    vectors = [w[f"lru.{name}"] for name in names]
    matrices = [columns(w, "lru", "B_re B_im"), columns(w, "lru", "C_re C_im")]
    model.get_layer("lru").set_weights([*vectors, *matrices])
    dense(model, w, "dense")
    return model


MODELS = {
    make.__name__: make
    for make in (
        imdb_bilstm,
        imdb_stacked_bilstm,
        imdb_conv_conv,
        sonnets,
        shakespeare_gru,
        lstm_language_model,
        gru_attention,
        long_min_gru,
        long_lru,
    )
}


def embedding(model: keras.Model, w: Arrays, *names: str) -> None:
    """Give embeddings their tables."""
    for name in names:
        model.get_layer(name).set_weights([w[f"{name}.table"]])


def dense(model: keras.Model, w: Arrays, *names: str) -> None:
    """Give dense layers and convolutions their weights."""
    for name in names:
        model.get_layer(name).set_weights([w[f"{name}.W"], w[f"{name}.b"]])


def both_directions(model: keras.Model, w: Arrays, *names: str) -> None:
    """Give bidirectional LSTMs their weights."""
    for name in names:
        ahead = lstm_weights(w, f"{name}.forward")
        back = lstm_weights(w, f"{name}.backward")
        model.get_layer(name).set_weights([*ahead, *back])


def lstm_weights(w: Arrays, path: str) -> list[Any]:
    """Kernel, recurrent kernel and bias, gates i f c o."""
    kernel = columns(w, path, "W_i W_f W_g W_o")
    recurrent = columns(w, path, "U_i U_f U_g U_o")
    return [kernel, recurrent, rows(w, path, "b_i b_f b_g b_o")]


def gru_weights(w: Arrays, path: str) -> list[Any]:
    """Kernel, recurrent kernel and both biases, gates z r h."""
    kernel = columns(w, path, "W_z W_r W_n")
    recurrent = columns(w, path, "U_z U_r U_n")
    bias = rows(w, path, "b_z b_r b_n d_z d_r d_n").reshape(2, -1)
    return [kernel, recurrent, bias]
