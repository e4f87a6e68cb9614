"""What look-ups, hashing and vectorized texts are called with, for real Keras and for denim alike."""

from __future__ import annotations

from typing import Any

import numpy as np

WORDS = np.array([["a", "b"], ["a", "c"], ["d", "zz"]])
ODD = np.array([["a", "bb"], ["ccc", ""], ["a", "é" * 40]])
LETTERS = np.array(list("qwertyuiop"))
NUMBERS = np.array([[1, -5], [10**12, 7], [3, 4]])
TEXTS = np.array(["The cat, sat on\tthe  MAT!", "a dog\x0bran; the Écat's", "", "cat cat it's_ok \x1fz"])
MODES = ("int", "one_hot", "multi_hot", "count")


def _case(layer: str, inputs: Any, adapt: Any = None, **options: Any) -> tuple[str, Any]:
    shown = ", ".join(f"{key}={value!r}" for key, value in options.items())
    kind = [np.asarray(each).dtype.kind for each in (inputs if isinstance(inputs, tuple) else (inputs,))]
    shapes = [np.shape(each) for each in (inputs if isinstance(inputs, tuple) else (inputs,))]
    adapted = "" if adapt is None else " adapted"
    return f"{layer}({shown}){adapted} on {kind} {shapes}", (layer, inputs, adapt, options)


def _cases() -> dict[str, Any]:
    cases = []
    for mode in MODES:
        for x in (WORDS, WORDS[:, 0], WORDS[:, :1]):
            cases.append(_case("StringLookup", x, vocabulary=["a", "b", "c"], output_mode=mode))
            cases.append(_case("StringLookup", x, vocabulary=["b", "c"], mask_token="a", output_mode=mode))
        cases.append(_case("IntegerLookup", NUMBERS, vocabulary=[3, 10**12], output_mode=mode))
        cases.append(_case("Hashing", ODD, num_bins=5, output_mode=mode))
        if mode in ("int", "one_hot"):
            for x in ((WORDS[:, 0], NUMBERS[:, 0]), (ODD[:, :1], NUMBERS[:, :1], WORDS[:, :1])):
                cases.append(_case("HashedCrossing", x, num_bins=50, output_mode=mode))
    several = {"vocabulary": ["a", "b"], "num_oov_indices": 7}
    for x in (ODD, LETTERS):
        cases.append(_case("StringLookup", x, **several))
        cases.append(_case("StringLookup", x, **several, salt=5))
        cases.append(_case("StringLookup", x, **several, mask_token=""))
    for options in ({}, {"oov_method": "farmhash"}, {"oov_method": "farmhash", "salt": [1, 2]}):
        cases.append(_case("IntegerLookup", NUMBERS, vocabulary=[3, 4], num_oov_indices=5, **options))
    cases.append(_case("StringLookup", WORDS, adapt=WORDS))
    cases.append(_case("StringLookup", WORDS, adapt=WORDS, max_tokens=3))
    cases.append(_case("StringLookup", WORDS, adapt=WORDS, mask_token="a", output_mode="count"))
    cases.append(_case("IntegerLookup", NUMBERS, adapt=NUMBERS, mask_token=7))
    for options in ({}, {"max_tokens": 7, "pad_to_max_tokens": True}):
        cases.append(_case("StringLookup", WORDS, adapt=WORDS, output_mode="tf_idf", **options))
    for vocabulary, weights in ((["a", "b"], [0.5, 0.25]), (["[UNK]", "a", "b"], [0.9, 0.5, 0.25])):
        options = {"vocabulary": vocabulary, "idf_weights": weights, "output_mode": "tf_idf"}
        cases.append(_case("StringLookup", WORDS, **options))
    cases.append(_case("IntegerLookup", np.arange(6), vocabulary=[3, 4], mask_token=0, invert=True))
    for options in ({"num_bins": 100, "salt": 7}, {"num_bins": 9, "salt": (1, 2), "mask_value": "a"}):
        cases.append(_case("Hashing", ODD, **options))
    cases.append(_case("Hashing", NUMBERS, num_bins=9, mask_value=3))
    cases.append(_case("Hashing", np.array(["x" * n for n in range(0, 300, 7)]), num_bins=10**6))
    for options in (
        {},
        {"output_sequence_length": 3},
        {"output_mode": "multi_hot"},
        {"output_mode": "count"},
        {"output_mode": "tf_idf"},
        {"ngrams": 2},
        {"ngrams": (2, 3), "output_mode": "count"},
        {"standardize": None},
        {"standardize": "lower"},
        {"standardize": "strip_punctuation"},
        {"split": "character"},
        {"max_tokens": 5},
        {"max_tokens": 16, "pad_to_max_tokens": True, "output_mode": "tf_idf"},
    ):
        cases.append(_case("TextVectorization", TEXTS, adapt=TEXTS, **options))
    cases.append(_case("TextVectorization", TEXTS[:, None], vocabulary=["cat", "dog"], output_sequence_length=2))
    cases.append(_case("TextVectorization", WORDS, adapt=WORDS, split=None, standardize=None))
    return dict(cases)


CASES = _cases()


def run(keras: Any, name: str) -> dict[str, Any]:
    """The layer's output, vocabulary and configuration."""
    layer_name, inputs, adapt, options = CASES[name]
    layer = getattr(keras.layers, layer_name)(**options)
    if adapt is not None:
        layer.adapt(adapt)
    output = layer(inputs)
    output = np.asarray(output.numpy() if hasattr(output, "numpy") else output)
    vocabulary = [str(each) for each in layer.get_vocabulary()] if hasattr(layer, "get_vocabulary") else None
    kept = {key: value for key, value in layer.get_config().items() if key not in ("name", "dtype")}
    return {
        "dtype": output.dtype.name,
        "shape": list(output.shape),
        "values": output.reshape(-1).tolist(),
        "vocabulary": vocabulary,
        "config": kept,
    }
