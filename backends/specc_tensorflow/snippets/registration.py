"""Registration, so that Keras can load saved models; every program has its own."""

# mypy: ignore-errors

import keras

register = keras.saving.register_keras_serializable(package="specc")
