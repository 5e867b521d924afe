"""Weights carried to another world and back, held to what is computed with them."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from safetensors.numpy import load_file, save_file

from specc.compiler import compile_source
from specc.convert.numbers import to_ours
from specc.convert.worlds import world_table
from specc.ir.graph import Model
from specc.reference import run
from specc.text import Source
from specc.verify.arrays import Arrays
from specc.verify.process import Worker
from specc.verify.sample import make_generator, sample_weights
from tests.campaigns.seeded.judging import Kill
from tests.campaigns.seeded.making import Job, make
from tests.campaigns.seeded.mutant import Mutant
from tests.campaigns.seeded.peers import PEERS, Numbers, Peer

STEPS, LIMIT = 5, 1e-12


def judge_exchange(worker: Worker, mutant: Mutant, faulty: Mutant | None) -> Kill:
    """What a converter, with a fault or without, gets wrong.

    `worker` runs programs as while training: there a Keras model tells its variables.
    """
    peer = PEERS[mutant.spec]
    model = compile_source(Source("seeded.seq", peer.text), Path()).model()
    weights: Arrays = {
        name: array.astype(np.float64)
        for name, array in sample_weights(model, make_generator(0)).items()
    }
    arrays = _arrays(worker, peer, model, weights)
    with TemporaryDirectory(prefix="specc-carried-") as name:
        files = [f"{name}/{n}" for n in ("weights", "arrays", "theirs", "ours")]
        save_file(weights, files[0])
        save_file(arrays, files[1])
        make(Job(peer.text, world=peer.world, files=tuple(files)), faulty)
        theirs, ours = (load_file(file) for file in files[2:])
    return _verdict(peer, model, (weights, arrays), (theirs, ours))


def _arrays(worker: Worker, peer: Peer, model: Model, weights: Arrays) -> Arrays:
    """Arrays that are theirs: random ones, or those of a program with our weights."""
    if peer.run is not None:
        shapes = world_table(peer.world, model, {}).shapes
        generator = make_generator(3)
        return {n: generator.standard_normal(shapes[n]) / 2 for n in sorted(shapes)}
    if peer.world == "jax":
        return {name.replace(".", "/"): array for name, array in weights.items()}
    worker.load(make(Job(peer.text, backends=(peer.world,)))[peer.world], "float64")
    worker.use(weights)
    found = worker.run({"x": _inputs(model)}, model.output_names)
    start = "keras:"
    return {n.removeprefix(start): a for n, a in found.items() if n.startswith(start)}


def _inputs(model: Model) -> Numbers:
    width = model.nodes[model.inputs[0].node].type.last.fixed
    assert width is not None, "vectors at every step"
    return make_generator(4).standard_normal((3, STEPS, width))


def _verdict(
    peer: Peer, model: Model, given: tuple[Arrays, Arrays], made: tuple[Arrays, Arrays]
) -> Kill:
    (weights, arrays), (theirs, ours) = given, made
    if peer.run is None:
        table = world_table(peer.world, model, {})
        if {n: a.shape for n, a in theirs.items()} != dict(table.shapes):
            return Kill("exchange", "other names or shapes there")
        if not _same(to_ours(model, table, theirs.__getitem__), weights):
            return Kill("exchange", "what goes out does not come back")
        if not _same(ours, weights):
            return Kill("exchange", "another weight than the program has")
        return Kill("", "")
    x = _inputs(model)
    for what, own, there in (
        ("with our weights it computes", weights, theirs),
        ("with its weights we compute", ours, arrays),
    ):
        expected = run(model, own, {"x": x}).outputs["y"]
        try:
            apart = float(np.abs(peer.run(there, x) - expected).max())
        except KeyError as error:
            return Kill("exchange", f"there is no array {error}")
        if not apart <= LIMIT:
            return Kill("exchange", f"{what} something off by {apart:.1e}")
    return Kill("", "")


def _same(found: Arrays, expected: Arrays) -> bool:
    return found.keys() == expected.keys() and all(
        np.array_equal(array, found[name]) for name, array in expected.items()
    )
