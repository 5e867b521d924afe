"""Faults in what carries weights to other frameworks and back."""

# ruff: noqa: E501

from __future__ import annotations

from msgspec.structs import replace

from tests.campaigns.seeded.mutant import Mutant, in_file

CARRIED = (
    *in_file(
        "specc/convert/cells.py",
        (
            "PyTorch's order of gates",
            "torch_cells",
            "forget and cell gates change places in PyTorch's kernel",
            'gates=("_i", "_f", "_g", "_o"),',
            'gates=("_i", "_g", "_f", "_o"),',
        ),
        (
            "order of a GRU",
            "torch_cells",
            "reset and update gates change places",
            'gates=("_r", "_z", "_n"),',
            'gates=("_z", "_r", "_n"),',
        ),
        (
            "gates of Flax",
            "flax_cells",
            "input and output gates change places in Flax's kernel",
            'gates=("_i", "_f", "_g", "_o"),',
            'gates=("_o", "_f", "_g", "_i"),',
        ),
        (
            "the new gate's bias",
            "torch_cells",
            "the biases inside and outside of the reset change places",
            "n = act(W_n @ x + b_n + r * (U_n @ h + d_n))",
            "n = act(W_n @ x + d_n + r * (U_n @ h + b_n))",
        ),
    ),
    *in_file(
        "specc/convert/pytorch.py",
        (
            "Linear not transposed",
            "torch_layers",
            "attention's maps go out as [in, out]",
            "share = Share(array, whole, 0, number * width, width, (1, 0))",
            "share = Share(array, whole, 0, number * width, width, (0, 1))",
        ),
        (
            "out_proj not transposed",
            "torch_layers",
            "the output map goes out as [in, out]",
            '_named(path, "out_proj.weight"), out, (1, 0))',
            '_named(path, "out_proj.weight"), out, (0, 1))',
        ),
        (
            "kernel's axes",
            "torch_layers",
            "a convolution's inputs and filters change places",
            "order = (*range(2, last + 1), 1, 0) if last > 1 else (1, 0)",
            "order = (*range(2, last + 1), 0, 1) if last > 1 else (1, 0)",
        ),
        (
            "query for key",
            "torch_layers",
            "keys' and queries' maps change places",
            'projections = ("W_q", "W_k", "W_v")',
            'projections = ("W_k", "W_q", "W_v")',
        ),
        (
            "bias of a projection",
            "torch_layers",
            "keys' and values' biases change places",
            'enumerate(("b_q", "b_k", "b_v"))',
            'enumerate(("b_q", "b_v", "b_k"))',
        ),
        (
            "both sides' biases",
            "torch_cells",
            "biases of input and state change names",
            'for side in ("ih", "hh")\n    )',
            'for side in ("hh", "ih")\n    )',
        ),
        (
            "reverse forgotten",
            "torch_cells",
            "the forward direction's arrays are called reverse",
            'if both and direction == "backward" else ""',
            'if both and direction == "forward" else ""',
        ),
        (
            "scale for shift",
            "torch_layers",
            "gamma and beta change places",
            'Layernorm: _plain(gamma="weight", beta="bias"),',
            'Layernorm: _plain(gamma="bias", beta="weight"),',
        ),
    ),
    *in_file(
        "specc/convert/flax_nnx.py",
        (
            "Flax's kernels turned",
            "flax_cells",
            "kernels of gates go out as [out, in]",
            "share = Share(array, (width, columns), 1, number * units, units, (1, 0))",
            "share = Share(array, (columns, width), 0, number * units, units, (0, 1))",
        ),
        (
            "gates from the end",
            "flax_cells",
            "biases of gates stand last gate first",
            "share = Share(array, (columns,), 0, number * units, units, (0,))",
            "share = Share(array, (columns,), 0, columns - (number + 1) * units, units, "
            "(0,))",
        ),
        (
            "heads after sizes",
            "flax_layers",
            "keys and values change places",
            '("k", "key"), ("v", "value")',
            '("k", "value"), ("v", "key")',
        ),
    ),
    *in_file(
        "specc/convert/numbers.py",
        (
            "biases averaged",
            "torch_cells",
            "two biases there are one here: their mean, not their sum",
            "result: Array = np.sum(wide, axis=0).astype(dtype)",
            "result: Array = np.mean(wide, axis=0).astype(dtype)",
        ),
        (
            "a bias in both places",
            "torch_cells",
            "one bias of ours stands in both places there",
            "            share = match.theirs[0]\n"
            "            view = part(found[share.array], share)\n"
            "            view[...] = total(terms, view.shape, view.dtype)\n",
            "            for share in match.theirs:\n"
            "                view = part(found[share.array], share)\n"
            "                view[...] = total(terms, view.shape, view.dtype)\n",
        ),
        (
            "cut one row late",
            "torch_cells",
            "gates are read from one row further",
            "slice(share.start, share.start + share.size)",
            "slice(share.start and share.start - 1, "
            "(share.start and share.start - 1) + share.size)",
        ),
    ),
    *in_file(
        "backends/specc_tensorflow/variables.py",
        (
            "cells as they stand",
            "keras",
            "kernels of cells go to Keras untransposed",
            "order = tuple(reversed(range(len(whole))))",
            "order = tuple(range(len(whole)))",
        ),
        (
            "biases from the end",
            "keras",
            "gates of Keras's variables are read last gate first",
            "share = Share(array, whole, len(width), number * rows, rows, order)",
            "last = rows * (len(variable.weights) - 1)\n"
            "        share = Share(array, whole, len(width), last - number * rows, "
            "rows, order)",
        ),
        (
            "directions swapped",
            "keras",
            "the backward direction's variables are called forward",
            '{"forward_layer": ("forward",), "backward_layer": ("backward",)}',
            '{"forward_layer": ("backward",), "backward_layer": ("forward",)}',
        ),
    ),
    *in_file(
        "backends/specc_jax/variables.py",
        (
            "names with dots",
            "jax",
            "leaves are named by their canonical names",
            '"/".join(path), weight)',
            '".".join(path), weight)',
        ),
    ),
)

MUTANTS: tuple[Mutant, ...] = tuple(
    replace(one, proof="exchange", backends=("tensorflow",)) for one in CARRIED
)
