"""Import statements, rewritten; what cannot be meant is refused where it stands."""

from __future__ import annotations

import ast

import pytest

from denim.dropin import names
from denim.dropin.rewriting import Rewriter, compiled, concerns


@pytest.fixture(autouse=True)
def without_tensorflow(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(names, "has_tensorflow", lambda: False)


def rewritten(source: str) -> str:
    return ast.unparse(Rewriter().visit(ast.parse(source)))


@pytest.mark.parametrize(
    ("given", "made"),
    [
        ("import keras", "import denim as keras"),
        ("import keras as k, numpy as np", "import denim as k\nimport numpy as np"),
        ("import keras.layers", "import denim as keras"),
        ("import keras.layers as kl", "import denim.layers as kl"),
        ("from keras.layers import Dense as D, Input", "from denim.layers import Dense as D, Input"),
        ("from keras import *", "from denim import *"),
        ("from keras._tf_keras.keras import layers", "from denim import layers"),
        ("import tensorflow as tf", "import denim.dropin.tensorflow as tf"),
        ("import tensorflow.keras.layers", "import denim.dropin.tensorflow as tensorflow"),
        ("from tensorflow.random import set_seed", "from denim.dropin.tensorflow.random import set_seed"),
        ("import importlib", "import denim.dropin.dynamic as importlib"),
        ("import importlib.abc", "import importlib.abc as importlib\nimport denim.dropin.dynamic as importlib"),
        ("from importlib.metadata import version", "from importlib.metadata import version"),
        ("import keras_tuner, kerasx.layers", "import keras_tuner\nimport kerasx.layers"),
        ("from . import keras", "from . import keras"),
        ("from .keras import layers", "from .keras import layers"),
        ("keras = 'keras'", "keras = 'keras'"),
    ],
)
def test_statements(given: str, made: str) -> None:
    assert rewritten(given) == made


def test_a_name_of_the_scripts_own_is_left() -> None:
    tree = Rewriter(frozenset({"keras"})).visit(ast.parse("import keras\nimport tensorflow as tf"))

    assert ast.unparse(tree) == "import keras\nimport denim.dropin.tensorflow as tf"


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("from keras.src.layers import Dense", "'keras.src.layers' is inside Keras, not part of its interface"),
        ("import keras.applications", "Keras has `applications`, denim has not: it is for dense networks."),
        ("import keras.layer", "No module named 'keras.layer' in denim. Did you mean 'layers'?"),
        ("from keras.layers.core import Dense", "What older versions of Keras had there is in `keras.layers`."),
        ("import keras.Model", "'keras.Model' is no module. Write: from keras import Model"),
        ("from tensorflow.python.ops import math_ops", "No module named 'tensorflow.python.ops'. TensorFlow is not"),
        ("from tensorflow import GradientTape", "`tf.GradientTape` is not there. TensorFlow is not installed here"),
        ("from keras.layers import Conv2D", "Keras has `layers.Conv2D`, denim has not: it is for dense networks."),
    ],
)
def test_what_denim_has_not_is_an_import_error_that_says_so(statement: str, said: str) -> None:
    kept = compiled(f"try:\n    {statement}\nexcept ImportError as error:\n    kept = error\n", "script.py")
    space: dict[str, Exception] = {}
    exec(kept, space)

    assert said in str(space["kept"])


def test_a_module_that_is_not_there_is_named() -> None:
    with pytest.raises(ModuleNotFoundError) as caught:
        exec(compiled("\nimport keras.src", "script.py"))

    assert caught.value.name == "keras.src"
    assert caught.traceback[-1].lineno == 1


def test_only_what_may_say_keras_is_compiled_anew() -> None:
    assert concerns(b"import keras") and concerns(b"x = __import__('a')") and concerns(b"import importlib")
    assert not concerns(b"import kerastuner, json")
