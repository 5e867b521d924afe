"""The page on weights runs as it stands, as far as its frameworks are installed."""

from __future__ import annotations

import re
import shlex
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from safetensors.numpy import load_file

import specc
from specc.cli import main
from specc.verify.run import run_model
from specc.verify.weights import load_weights

PAGE = Path(__file__).resolve().parents[2] / "docs" / "weights.md"
TEXT = PAGE.read_text()
WORDS = np.array([[3, 8, 49, 1, 7], [5, 6, 7, 8, 9]])

pytestmark = pytest.mark.framework


def play(world: str, folder: Path, patch: pytest.MonkeyPatch) -> dict[str, Any]:
    """Run what the page has for a world, in order; the names that are left."""
    if find_spec(world) is None:
        pytest.skip(f"{world} is not installed")
    if world in ("jax", "tensorflow"):
        import_module(f"specc_{world}.runner").prepare("float32")  # whatever ran before
    patch.chdir(folder)
    (spec,) = re.findall(r"```seq\n(.*?)```", TEXT, re.DOTALL)
    Path("reviews.seq").write_text(spec)
    blocks = re.findall(rf"```(python|sh) {world}\n(.*?)```", TEXT, re.DOTALL)
    assert {kind for kind, _ in blocks} == {"python", "sh"}
    names: dict[str, Any] = {}
    for number, (kind, text) in enumerate(blocks):
        if kind == "python":
            path = Path(f"program_{number}.py").absolute()
            path.write_text(text)
            exec(compile(text, str(path), "exec"), names)
            continue
        for line in text.splitlines():
            command, *arguments = shlex.split(line)
            assert command == "specc"
            assert main(arguments) == 0
    return names


def computed(file: str) -> Any:
    """What our model computes with a file of weights."""
    model = specc.compile("reviews.seq").model()
    weights = load_weights(Path(file), model)
    return run_model(model, None, weights, {"words": WORDS}, "float64")["positive"]


def test_pytorch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    names = play("torch", tmp_path, monkeypatch)
    torch = names["torch"]
    expected = computed("reviews.safetensors")
    for net in (names["theirs"], names["ours"]):
        found = net(torch.tensor(WORDS)).detach().numpy()
        assert np.allclose(found, expected, rtol=1e-6)


def test_flax(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    names = play("flax", tmp_path, monkeypatch)
    net = names["flax_reviews"]
    h = net.bi_lstm_2(net.bi_lstm(net.embed(WORDS)))
    ends = np.concatenate([h[:, -1, :6], h[:, 0, 6:]], axis=-1)
    found = 1 / (1 + np.exp(-np.asarray(net.dense(ends))))
    assert np.allclose(found, computed("from_flax.safetensors"), rtol=1e-6)
    assert load_file("flax.safetensors").keys() == names["arrays"].keys()


def test_keras(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    names = play("tensorflow", tmp_path, monkeypatch)
    found = names["model"](WORDS).numpy()
    for file in ("keras.safetensors", "from_keras.safetensors"):
        assert np.allclose(found, computed(file), rtol=1e-6)


def test_jax(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    names = play("jax", tmp_path, monkeypatch)
    found = names["program"].apply(names["variables"], WORDS)
    assert np.allclose(found, computed("from_jax.safetensors"), rtol=1e-6)


def test_the_page_tells_of_every_world() -> None:
    from specc.convert.worlds import world_names

    named = re.findall(r"^\| `(\w+)` \|", TEXT.partition("## PyTorch")[0], re.MULTILINE)
    assert sorted(named) == sorted(world_names())
