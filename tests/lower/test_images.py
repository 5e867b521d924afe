"""Images and batch statistics in the language: what is refused, and how it is told."""

from __future__ import annotations

import pytest

from specc.lower import check_text


def found(given: str, flow: str) -> list[str]:
    text = f"model m(x: {given}) -> float[4] {{ x -> {flow} -> dense(4) }}"
    return [diagnostic.code.number for diagnostic in check_text(text)]


@pytest.mark.parametrize(
    ("given", "flow"),
    [
        ("float[8, 8, 3]", "conv(4, 3) -> maxpool(2) -> mean"),
        ("float[8, 8, 3]", "separable(4, 3, same) -> batchnorm -> relu -> max"),
        ("float[8, 8, 3]", "transposed(4, 3, 2, same) -> avgpool(2) -> sum"),
        (
            "float[T, 8, 8, 3] ragged",
            "over T { conv(4, 3) -> mean } -> batchnorm -> mean",
        ),
        ("float[T, 8, 8, 3]", "over T { conv(4, 3) -> batchnorm -> mean } -> mean"),
        ("int[T, C] < 9 pad 0", "embed(4) -> over T { batchnorm -> max } -> mean"),
    ],
)
def test_clean(given: str, flow: str) -> None:
    assert found(given, flow) == []


@pytest.mark.parametrize(
    ("given", "flow", "code"),
    [
        ("float[8, 8, 3]", "conv(4, 3, causal) -> mean", "SPC205"),
        ("float[T, 8, 3]", "conv(4, 3) -> mean", "SPC306"),
        ("float[T, 8, 3]", "mean", "SPC306"),
        ("float[8, 8, 3]", "last", "SPC306"),
        ("float[8, 8, 3]", "maxpool(9) -> mean", "SPC311"),
        ("float[8, 8, 3]", "crop(4, 4) -> mean", "SPC311"),
        ("float[T, 8, 3]", "upsample(2) -> mean", "SPC306"),
        ("float[T, 3] ragged", "transposed(4, 3) -> mean", "SPC309"),
        (
            "float[T, 8, 8, 3] ragged",
            "over T { conv(4, 3) -> batchnorm -> mean } -> mean",
            "SPC309",
        ),
    ],
)
def test_a_mistake_has_its_code(given: str, flow: str, code: str) -> None:
    assert found(given, flow) == [code]
