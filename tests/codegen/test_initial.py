"""Initial values follow from the seed and the path alone, in every backend."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from specc.codegen import initial


def test_a_weight_has_its_own_stream_and_one_seed_gives_it_again() -> None:
    first = initial.uniform(7, "dense.W", (4, 3))
    assert np.array_equal(first, initial.uniform(7, "dense.W", (4, 3)))
    assert not np.array_equal(first, initial.uniform(7, "dense_2.W", (4, 3)))
    assert not np.array_equal(first, initial.uniform(8, "dense.W", (4, 3)))


def test_the_numbers_never_change() -> None:
    drawn = initial.uniform(0, "dense.W", (3,))
    assert drawn.tolist() == [
        *(-0.04458647221326828, 0.013446386903524399, 0.004350573755800724)
    ]


def test_paths_are_folded_as_fnv_1a_does() -> None:
    assert initial.fold("") == 0xCBF29CE484222325
    assert initial.fold("a") == 0xAF63DC4C8601EC8C


@given(st.integers(0, 2**64 - 1), st.text(max_size=8))
def test_any_seed_and_path_will_do(seed: int, path: str) -> None:
    assert np.abs(initial.uniform(seed, path, (2, 2))).max() <= np.float32(0.05)


@pytest.mark.parametrize(
    ("values", "limit"),
    [
        (initial.glorot_uniform(0, "w", (300, 200), 300, 200), (6 / 500) ** 0.5),
        (initial.he_uniform(0, "w", (300, 200), 300), (6 / 300) ** 0.5),
        (initial.lecun_uniform(0, "w", (300, 200), 300), (3 / 300) ** 0.5),
        (initial.uniform(0, "w", (300, 200)), 0.05),
    ],
)
def test_uniform_values_fill_their_range(values: np.ndarray, limit: float) -> None:
    assert values.dtype == np.float32
    assert 0.999 * limit < values.max() <= limit
    assert -limit <= values.min() < -0.999 * limit
    assert abs(values.mean()) < 0.01 * limit


@pytest.mark.parametrize(
    ("values", "deviation"),
    [
        (initial.glorot_normal(0, "w", (300, 200), 300, 200), (2 / 500) ** 0.5),
        (initial.he_normal(0, "w", (300, 200), 300), (2 / 300) ** 0.5),
        (initial.lecun_normal(0, "w", (300, 200), 300), (1 / 300) ** 0.5),
        (initial.normal(0, "w", (300, 200)), 0.05),
    ],
)
def test_normal_values_have_their_deviation(
    values: np.ndarray, deviation: float
) -> None:
    assert values.dtype == np.float32
    assert values.std() == pytest.approx(deviation, rel=0.01)
    assert abs(values.mean()) < 0.02 * deviation


@pytest.mark.parametrize("shape", [(6, 6), (7, 3), (3, 7), (3, 2, 4), (1, 1)])
def test_orthogonal_columns_or_rows_are_orthonormal(shape: tuple[int, ...]) -> None:
    values = initial.orthogonal(3, "cell.U", shape)
    matrix = values.reshape(-1, shape[-1]).astype(np.float64)
    if matrix.shape[0] < matrix.shape[1]:
        matrix = matrix.T
    assert values.dtype == np.float32 and values.flags.c_contiguous
    assert np.abs(matrix.T @ matrix - np.eye(matrix.shape[1])).max() < 1e-6


def test_constants() -> None:
    assert initial.identity((2, 3)).tolist() == [[1, 0, 0], [0, 1, 0]]
    assert initial.zeros((2,)).tolist() == [0, 0]
    assert initial.ones((1, 2)).tolist() == [[1, 1]]
    made = [initial.identity((2, 2)), initial.zeros((2,)), initial.ones((2,))]
    assert {array.dtype for array in made} == {np.dtype(np.float32)}


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "vectors.txt"


def test_vectors_are_read_line_by_line(file: Path) -> None:
    text = "the 0.5 -1\n. . . 2 3e-1\r\nat\u2028a\xa0b 4 5 \n\xa0 6 7"
    file.write_bytes(text.encode())
    expected = np.array([[0.5, -1], [2, 0.3], [4, 5], [6, 7]], np.float32)
    assert np.array_equal(initial.vectors(file, (4, 2)), expected)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a 1 2\nb 1\n", r"line 2: a word and 1 numbers, expected 2"),
        ("a 1 2 3\nb 1 2\n", r"line 1: a word and 3 numbers, expected 2"),
        ("2 2\na 1 2\n", r"line 1: a word and 1 numbers, expected 2"),
        ("a 1 2\n\n", r"line 2: a word and 0 numbers, expected 2"),
        ("a 1 2\nb 1 x2\n", r"line 2: 'x2' is not a number"),
        ("a 1 nan\nb 1 2\n", r"line 1: 'nan' is not a number"),
        ("a 1 2\nb -inf 2\n", r"line 2: '-inf' is not a number"),
        ("a 1 2\n", r"has 1 lines, expected 2, one for each id"),
        ("a 1 2\nb 1 2\nc 1 2\n", r"has 3 lines, expected 2, one for each id"),
        ("", r"has 0 lines, expected 2, one for each id"),
    ],
)
def test_a_wrong_file_is_told_by_line(file: Path, text: str, message: str) -> None:
    file.write_text(text, encoding="utf-8")
    with pytest.raises(ValueError, match=r"vectors\.txt,? " + message):
        initial.vectors(file, (2, 2))


def test_a_missing_file_is_named(file: Path) -> None:
    with pytest.raises(ValueError, match=r"vectors\.txt cannot be read: No such file"):
        initial.vectors(file, (2, 2))
