"""The models in PyTorch: modules of `torch.nn`, padded rows packed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from torch import nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from benchmarks.cases import Arrays
from benchmarks.peers.stacked import rows


class Model(nn.Module):
    """A module without a penalty on its weights."""

    def penalty(self) -> Any:
        return 0.0


class BiLSTM(Model):
    """Bidirectional LSTMs over packed rows, and a small head."""

    def __init__(self, w: Arrays, *units: int) -> None:
        super().__init__()
        self.embed = embedding(w, "embed")
        widths = [64, *(2 * n for n in units)]
        names = ("bi_lstm", "bi_lstm_2")
        self.lstms = nn.ModuleList(
            bidirectional(w, name, width, n)
            for name, width, n in zip(names, widths, units, strict=False)
        )
        self.hidden = linear(w, "dense")
        self.out = linear(w, "dense_2")

    def forward(self, tokens: Any) -> Any:
        lengths = (tokens != 0).sum(1).cpu()
        x = pack_padded_sequence(
            self.embed(tokens), lengths, batch_first=True, enforce_sorted=False
        )
        for lstm in self.lstms:
            x, (h, _) = lstm(x)
        last = torch.cat([h[0], h[1]], dim=1)
        return self.out(torch.relu(self.hidden(last)))


class ConvConv(Model):
    """Two convolutions; PyTorch's read [B, features, T]."""

    def __init__(self, w: Arrays) -> None:
        super().__init__()
        self.embed = embedding(w, "embed")
        self.first = convolution(w, "conv")
        self.second = convolution(w, "conv_2")
        self.hidden = linear(w, "dense")
        self.out = linear(w, "dense_2")

    def forward(self, tokens: Any) -> Any:
        x = self.embed(tokens).transpose(1, 2)
        x = torch.relu(self.first(x))
        x = torch.relu(self.second(x))
        return self.out(torch.relu(self.hidden(x.mean(dim=2))))


class Sonnets(Model):
    """The next word after ten."""

    def __init__(self, w: Arrays) -> None:
        super().__init__()
        self.embed = embedding(w, "embed")
        self.below = bidirectional(w, "bi_lstm", 100, 150)
        self.dropout = nn.Dropout(0.2)
        self.above = lstm(w, "lstm", 300, 100)
        self.hidden = linear(w, "dense")
        self.out = linear(w, "dense_2")

    def forward(self, words: Any) -> Any:
        x, _ = self.below(self.embed(words))
        _, (h, _) = self.above(self.dropout(x))
        return self.out(torch.relu(self.hidden(h[0])))

    def penalty(self) -> Any:
        return 0.01 * self.hidden.weight.square().sum()


class ShakespeareGRU(Model):
    """The next character, the state carried."""

    def __init__(self, w: Arrays) -> None:
        super().__init__()
        self.embed = embedding(w, "embed")
        self.gru = gru(w, "gru", 256, 1024)
        self.out = linear(w, "dense")

    def forward(self, ids: Any, state: Any) -> Any:
        x, self.after = self.gru(self.embed(ids), state[None])
        self.after = self.after.detach()
        return self.out(x)


class LanguageModel(Model):
    """Two LSTMs of 650."""

    def __init__(self, w: Arrays) -> None:
        super().__init__()
        self.embed = embedding(w, "embed")
        self.lstm = nn.LSTM(650, 650, num_layers=2, batch_first=True)
        fill_lstm(self.lstm, w, ("lstm", "lstm_2"))
        self.out = linear(w, "dense")

    def forward(self, words: Any) -> Any:
        x, _ = self.lstm(self.embed(words))
        return self.out(x)


class GRUAttention(Model):
    """Encoder, decoder and attention over what the encoder saw."""

    def __init__(self, w: Arrays) -> None:
        super().__init__()
        self.source = embedding(w, "embed")
        self.encoder = gru(w, "gru", 256, 256)
        self.target = embedding(w, "embed_2")
        self.decoder = gru(w, "gru_2", 256, 256)
        self.joined = linear(w, "dense")
        self.out = linear(w, "dense_2")

    def forward(self, source: Any, target: Any) -> Any:
        counts = source != 0
        x = pack_padded_sequence(
            self.source(source),
            counts.sum(1).cpu(),
            batch_first=True,
            enforce_sorted=False,
        )
        states, last = self.encoder(x)
        memory, _ = pad_packed_sequence(
            states, batch_first=True, total_length=source.shape[1]
        )
        y, _ = self.decoder(self.target(target), last)
        seen = nn.functional.scaled_dot_product_attention(
            y, memory, memory, attn_mask=counts[:, None]
        )
        return self.out(torch.tanh(self.joined(torch.cat([seen, y], dim=2))))


class LongMinGRU(Model):
    """One product for all steps, then a loop over them."""

    def __init__(self, w: Arrays) -> None:
        super().__init__()
        self.inner = nn.Linear(32, 128)
        self.out = linear(w, "dense")
        fill(self.inner.weight, rows(w, "min_gru", "W_z W_n"))
        fill(self.inner.bias, rows(w, "min_gru", "b_z b_n"))

    def forward(self, x: Any) -> Any:
        gate, new = self.inner(x).chunk(2, dim=-1)
        gate = torch.sigmoid(gate)
        kept = (1 - gate).unbind(1)
        added = (gate * new).unbind(1)
        h = x.new_zeros(x.shape[0], 64)
        states = []
        for keep, add in zip(kept, added, strict=True):
            h = torch.addcmul(add, keep, h)
            states.append(h)
        return self.out(torch.stack(states, 1).mean(1))


class LongLRU(Model):
    """A complex recurrence: one product for all steps, then a loop over them."""

    def __init__(self, w: Arrays) -> None:
        super().__init__()
        for name in ("nu_log", "theta_log", "gamma_log", "D"):
            setattr(self, name, nn.Parameter(torch.tensor(w[f"lru.{name}"])))
        for name in ("B_re", "B_im", "C_re", "C_im"):
            setattr(self, name, nn.Parameter(torch.tensor(w[f"lru.{name}"])))
        self.out = linear(w, "dense")

    def forward(self, x: Any) -> Any:
        phase = torch.exp(self.theta_log)
        eigenvalue = torch.polar(torch.exp(-torch.exp(self.nu_log)), phase)
        inside = torch.complex(x @ self.B_re.T, x @ self.B_im.T)
        inside = inside * torch.exp(self.gamma_log)
        h = torch.zeros_like(inside[:, 0])
        states = []
        for new in inside.unbind(1):
            h = eigenvalue * h + new
            states.append(h)
        s = torch.stack(states, 1)
        y = s.real @ self.C_re.T - s.imag @ self.C_im.T + self.D * x
        return self.out(nn.functional.gelu(y).mean(1))


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


def fill(parameter: Any, values: Any) -> None:
    """Copy numbers into a parameter."""
    parameter.data.copy_(torch.from_numpy(values))


def embedding(w: Arrays, path: str) -> nn.Embedding:
    """An embedding with the spec's table."""
    return nn.Embedding.from_pretrained(torch.tensor(w[f"{path}.table"]), freeze=False)


def linear(w: Arrays, path: str) -> nn.Linear:
    """A dense layer with the spec's weights."""
    inputs, units = w[f"{path}.W"].shape
    made = nn.Linear(inputs, units)
    fill(made.weight, w[f"{path}.W"].T)
    fill(made.bias, w[f"{path}.b"])
    return made


def convolution(w: Arrays, path: str) -> nn.Conv1d:
    """A convolution with the spec's weights."""
    kernel, inputs, filters = w[f"{path}.W"].shape
    made = nn.Conv1d(inputs, filters, kernel)
    fill(made.weight, w[f"{path}.W"].transpose(2, 1, 0))
    fill(made.bias, w[f"{path}.b"])
    return made


def lstm(w: Arrays, path: str, inputs: int, units: int) -> nn.LSTM:
    """An LSTM in one direction."""
    made = nn.LSTM(inputs, units, batch_first=True)
    fill_lstm(made, w, (path,))
    return made


def bidirectional(w: Arrays, path: str, inputs: int, units: int) -> nn.LSTM:
    """Two LSTMs, one for each direction."""
    made = nn.LSTM(inputs, units, batch_first=True, bidirectional=True)
    fill_lstm(made, w, (f"{path}.forward", f"{path}.backward"))
    return made


def fill_lstm(made: nn.LSTM, w: Arrays, paths: Sequence[str]) -> None:
    """Give each layer or direction its weights.

    PyTorch has a second bias for each gate; it stays zero, or it would learn as well.
    """
    for path, (kernel, recurrent, bias, second) in zip(
        paths, made.all_weights, strict=True
    ):
        fill(kernel, rows(w, path, "W_i W_f W_g W_o"))
        fill(recurrent, rows(w, path, "U_i U_f U_g U_o"))
        fill(bias, rows(w, path, "b_i b_f b_g b_o"))
        second.data.zero_()
        second.requires_grad_(False)


def gru(w: Arrays, path: str, inputs: int, units: int) -> nn.GRU:
    """A GRU, gates r z n."""
    made = nn.GRU(inputs, units, batch_first=True)
    kernel, recurrent, bias, second = made.all_weights[0]
    fill(kernel, rows(w, path, "W_r W_z W_n"))
    fill(recurrent, rows(w, path, "U_r U_z U_n"))
    fill(bias, rows(w, path, "b_r b_z b_n"))
    fill(second, rows(w, path, "d_r d_z d_n"))
    return made
