"""Names that other libraries use, and what they are called here."""

from __future__ import annotations

import re
from collections.abc import Iterable

TRANSFORMER = (
    "residual { layernorm -> self_attend(4) } "
    "-> residual { layernorm -> dense(256, gelu) -> dense(64) }"
)
LAYERS = {
    "linear": "dense(64)",
    "fc": "dense(64)",
    "fullyconnected": "dense(64)",
    "embedding": "embed(64)",
    "simplernn": "rnn(64)",
    "bidirectional": "bi(lstm(64))",
    "bilstm": "bi(lstm(64))",
    "bigru": "bi(gru(64))",
    "multiheadattention": "self_attend(4)` or `(h, memory) -> cross_attend(4)",
    "mha": "self_attend(4)",
    "selfattention": "self_attend(4)",
    "transformer": TRANSFORMER,
    "transformerblock": TRANSFORMER,
    "transformerencoder": TRANSFORMER,
    "transformerencoderlayer": TRANSFORMER,
    "attention": "(h, memory) -> attend",
    "additiveattention": "(h, memory) -> attend(64)",
    "convolution": "conv(64, 3)",
    "convtranspose": "transposed(64, 3)",
    "separableconv": "separable(64, 3)",
    "depthwiseconv": "depthwise(3)",
    "maxpooling": "maxpool(2)",
    "averagepooling": "avgpool(2)",
    "globalmaxpooling": "max",
    "globalmaxpool": "max",
    "adaptivemaxpool": "max",
    "globalaveragepooling": "mean",
    "globalavgpool": "mean",
    "adaptiveavgpool": "mean",
    "avg": "mean",
    "batchnormalization": "batchnorm",
    "layernormalization": "layernorm",
    "rmsnormalization": "rmsnorm",
    "unitnormalization": "normalize",
    "timedistributed": "over T { ... }",
    "gaussiannoise": "noise(0.1)",
    "upsampling": "upsample(2)",
    "cropping": "crop(1)",
    "concatenate": "concat",
    "cat": "concat",
    "mul": "multiply",
    "sub": "subtract",
    "swish": "silu",
    "permute": "transpose",
    "glu": "gated { ... }",
    "positionalencoding": "positions(64, sinusoidal)",
    "positionalembedding": "positions(64, learned)",
}
"""By their names without case, underscores and the number of axes."""

_SIZES = ("units", "filters", "dim")
OPTIONS: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(["hiddensize", "hidden", "hiddenunits", "numunits"], _SIZES),
    **dict.fromkeys(["size", "out", "outputs", "outfeatures", "outputdim"], _SIZES),
    **dict.fromkeys(["outputsize", "features", "channels", "outchannels"], _SIZES),
    **dict.fromkeys(["embeddingdim", "embeddingsize", "numfilters"], _SIZES),
    **dict.fromkeys(["units", "filters", "dim"], _SIZES),
    "strides": ("stride",),
    "poolsize": ("size",),
    **dict.fromkeys(["rate", "prob", "probability", "dropoutrate"], ("p", "dropout")),
    "numheads": ("heads",),
    **dict.fromkeys(["keydim", "headdim", "headsize"], ("size",)),
    "dilationrate": ("dilation",),
    "kernelinitializer": ("kernel",),
    "recurrentinitializer": ("recurrent",),
    "biasinitializer": ("bias",),
    "kernelregularizer": ("l2",),
    "weightdecay": ("l2",),
    "depthmultiplier": ("multiplier",),
    "initialstate": ("init",),
    "mergemode": ("merge",),
    "returnstate": ("states",),
    "gobackwards": ("reverse",),
    "recurrentactivation": ("gate",),
    "activation": ("act",),
    "nonlinearity": ("act", "activation"),
    "eps": ("epsilon",),
    "weights": ("from",),
}
"""What an option may be called here: the first of these that the layer has."""

CHOICES = {
    "add": "sum",
    "ave": "average",
    "avg": "average",
    "cat": "concat",
    "concatenate": "concat",
    "mean": "average",
    "mul": "multiply",
    "prod": "multiply",
}
"""What a word that an option can be is called elsewhere."""

_GIVEN_BY_TYPE = "the input's type says it already: leave it out"
ADVICE = {
    "returnsequences": "every step is given as a rule; `final` gives the last one only",
    "usebias": "for no bias, write `bias = none`",
    "bidirectional": "run both directions with `bi(...)` around the layer",
    "numlayers": "repeat a layer with `for i in 2 { ... }`",
    "batchfirst": "the batch axis is always first and never written: leave it out",
    "trainable": "for weights that stay as they are, write `frozen`",
    "paddingidx": "padding is said in the input's type, as in `int[T] < 100 pad 0`",
    "maskzero": "padding is said in the input's type, as in `int[T] < 100 pad 0`",
    "name": "name a layer with `as`: `dense(64) as hidden`",
    "inputshape": _GIVEN_BY_TYPE,
    "inputdim": _GIVEN_BY_TYPE,
    "inputsize": _GIVEN_BY_TYPE,
    "infeatures": _GIVEN_BY_TYPE,
    "inchannels": _GIVEN_BY_TYPE,
    "vocab": _GIVEN_BY_TYPE,
    "vocabsize": _GIVEN_BY_TYPE,
    "numembeddings": _GIVEN_BY_TYPE,
}


def layer_here(name: str, known: Iterable[str]) -> str | None:
    """What a layer of another library is called here, as a suggestion."""
    plain = _plain(name)
    if plain in LAYERS:
        return f"here it is `{LAYERS[plain]}`"
    same = [one for one in sorted(known) if _plain(one) == plain and one != name]
    return f"did you mean `{same[0]}`?" if same else None


def option_here(name: str, words: Iterable[str]) -> str | None:
    """What an option of another library is called here, as a suggestion."""
    plain, known = _plain(name), set(words)
    if plain in ADVICE:
        return ADVICE[plain]
    found = next((word for word in OPTIONS.get(plain, ()) if word in known), None)
    return None if found is None or found == name else f"did you mean `{found}`?"


def choice_here(name: str, choices: Iterable[str]) -> str | None:
    """What a choice of another library is called here, as a suggestion."""
    found = CHOICES.get(_plain(name))
    return f"did you mean `{found}`?" if found in set(choices) else None


def _plain(name: str) -> str:
    """`Conv1D`, `conv_1d` and `CONV` are all `conv`."""
    return re.sub(r"[123]d$", "", name.lower().replace("_", ""))
