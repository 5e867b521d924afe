"""The Keras model of every shipped spec has as many weights as the report says."""

from __future__ import annotations

from pathlib import Path

import pytest

from specc.compiler import compile
from specc.reference.arguments import model_weights

ROOT = Path(__file__).resolve().parents[2]
SPECS = sorted((ROOT / "specs" / "models").glob("*.seq"))


@pytest.mark.framework
@pytest.mark.parametrize("path", SPECS, ids=lambda path: path.stem)
def test_keras_counts_the_parameters_that_the_report_counts(path: Path) -> None:
    import keras
    import numpy as np

    compiled = compile(path)
    for model in compiled.models:
        # Given, not drawn: files of vectors are not shipped.
        given = {
            name: np.zeros(weight.shape, np.float32)
            for name, (weight, _) in model_weights(model).items()
        }
        program = compiled.load("tensorflow", model.name)
        built = program.build(variables=given)
        assert built.count_params() == compiled.params(model.name).total
        keras.backend.clear_session()
