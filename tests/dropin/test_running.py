"""Scripts and modules run as Python runs them, and mean denim by `keras`; nothing else does."""

from __future__ import annotations

import json

import pytest
from scripts_project import Project

IMPORTS = """
import importlib
import importlib.util
from importlib import import_module

import denim
import denim.layers
import denim.optimizers.schedules
import keras
import keras.layers
import keras.layers as kl
import keras.optimizers.schedules as schedules
import tensorflow as tf
import tensorflow.keras.layers
import tensorflow.keras as tk
from keras import Sequential, layers
from keras.api.layers import Dense as from_api
from keras.datasets import fashion_mnist
from keras.layers import Dense as OneMore, Dropout
from tensorflow import keras as k2
from tensorflow.keras import layers as l2
from tensorflow.keras.layers import Dense

import helper
from package import inner
from package.deeper import innermost

assert denim is keras is k2 is tk is tf.keras is tensorflow.keras is helper.keras
assert layers is kl is l2 is keras.layers is denim.layers is tensorflow.keras.layers is innermost.layers
assert Dense is OneMore is from_api is denim.layers.Dense is inner.Dense
assert schedules is denim.optimizers.schedules
assert fashion_mnist is denim.datasets.fashion_mnist
assert importlib.import_module("keras.layers") is import_module("tensorflow.keras.layers") is layers
assert __import__("keras.layers") is denim and __import__("keras.layers", fromlist=["Dense"]) is layers
assert importlib.util.find_spec("keras.layers") is not None and importlib.util.find_spec("keras.src") is None
assert importlib.import_module("json").__name__ == "json" and importlib.machinery.ModuleSpec


def within(keras=None):
    from keras.losses import MeanSquaredError
    return MeanSquaredError is denim.losses.MeanSquaredError

assert within()
from keras.layers import *
assert Flatten is denim.layers.Flatten
print("all mean denim")
"""


def test_every_way_of_importing_means_denim(project: Project) -> None:
    project.write("script.py", IMPORTS)
    project.write("helper.py", "import keras\n")
    project.write("package/__init__.py", "")
    project.write("package/inner.py", "from keras.layers import Dense\n")
    project.write("package/deeper/innermost.py", "from tensorflow.keras import layers\n")

    assert project.output("script.py") == "all mean denim\n"


SEES = """
import json, keras, tensorflow as tf, helper, thirdparty
from keras import layers
tf.constant(1)
print(json.dumps(thirdparty.seen()))
"""


def test_others_see_the_truth(project: Project) -> None:
    project.write("script.py", SEES)
    project.write("helper.py", "import keras, tensorflow\n")
    truth = project.output("-c", "import json, thirdparty; print(json.dumps(thirdparty.seen()))", denim=False)

    assert json.loads(project.output("script.py")) == json.loads(truth)


def test_others_see_the_keras_and_tensorflow_that_are_installed(project: Project) -> None:
    project.install("keras/__init__.py", "__version__ = 'true'\n")
    project.install("keras/layers/__init__.py", "")
    project.install("tensorflow/__init__.py", "import keras\n__version__ = 'true'\nclass GradientTape: pass\n")
    project.install("tensorflow/data/__init__.py", "class Dataset: pass\n")
    project.write(
        "script.py",
        "import denim, keras, tensorflow as tf, tensorflow.data, thirdparty\n"
        "from tensorflow import keras as k2, GradientTape\n"
        "from tensorflow.data import Dataset\n"
        "from tensorflow.keras import layers\n"
        "assert keras is k2 is tf.keras is tensorflow.keras is denim and layers is denim.layers\n"
        "assert tf.losses is denim.losses\n"
        "assert tf.__version__ == 'true' and tf.GradientTape is GradientTape and tf.data.Dataset is Dataset\n"
        "(_, keras_file), _, (_, tensorflow_file), *_ = thirdparty.seen()[0]\n"
        "print(keras_file, tensorflow_file)\n",
    )

    shown = project.output("script.py").split()

    assert shown == [str(project.installed / name / "__init__.py") for name in ("keras", "tensorflow")]


def test_code_beneath_the_folder_that_is_installed_sees_the_truth(project: Project) -> None:
    project.write(
        ".venv/lib/site-packages/vendored.py", "try:\n    import keras\nexcept ImportError:\n    keras = None\n"
    )
    project.write(
        "script.py",
        "import sys, keras\nsys.path.append('.venv/lib/site-packages')\nimport vendored\n"
        "print(vendored.keras is keras)\n",
    )

    assert project.output("script.py") == "False\n"


def test_a_module_of_the_projects_own_is_left_alone(project: Project) -> None:
    project.write("keras.py", "layers = 'mine'\n")
    project.write("script.py", "from keras import layers\nprint(layers)\n")

    assert project.output("script.py") == "mine\n"


def test_a_folder_that_is_only_called_tensorflow_is_no_tensorflow(project: Project) -> None:
    project.write("tensorflow/notes.txt", "")
    project.write("script.py", "import tensorflow as tf\nprint(tf.__version__.endswith('denim'))\n")

    assert project.output("script.py") == "True\n"


AS_PYTHON = """
import os, sys, __main__
print([__name__, __file__, __package__, __spec__, __doc__, sys.argv, sys.path[0], os.getcwd()])
print(__main__.__dict__ is globals(), type(__builtins__).__name__, len(sys.modules["__main__"].__dict__) > 5)
if len(sys.argv) > 1 and sys.argv[1] == "leave":
    sys.exit(sys.argv[2] if len(sys.argv) > 2 else None)
if len(sys.argv) > 1 and sys.argv[1].isdigit():
    sys.exit(int(sys.argv[1]))
if "fail" in sys.argv:
    def fail():
        raise ValueError("of the script's")
    fail()
if "interrupt" in sys.argv:
    raise KeyboardInterrupt
"""


@pytest.mark.parametrize("words", [(), ("--help", "-m", "x"), ("leave",), ("leave", "a message"), ("7",), ("fail",)])
def test_a_script_runs_as_python_runs_it(project: Project, words: tuple[str, ...]) -> None:
    project.write("sub/script.py", AS_PYTHON)
    ours = project.run("sub/script.py", *words)
    pythons = project.run("sub/script.py", *words, denim=False)

    assert (ours.returncode, ours.stdout, ours.stderr) == (pythons.returncode, pythons.stdout, pythons.stderr)


def test_an_interrupted_script_ends_as_a_shell_expects(project: Project) -> None:
    project.write("script.py", AS_PYTHON)

    assert project.run("script.py", "interrupt").returncode == 130


@pytest.mark.parametrize("module", ["package", "package.inner"])
def test_a_module_runs_as_python_runs_it(project: Project, module: str) -> None:
    tell = "import sys\nprint([__name__, __file__, __package__, __spec__.name, sys.argv, sys.path[0]])\n"
    project.write("package/__init__.py", "")
    project.write("package/__main__.py", tell + "1 / 0\n")
    project.write("package/inner.py", tell)
    ours, pythons = project.run("-m", module, "--x"), project.run("-m", module, "--x", denim=False)

    assert (ours.returncode, ours.stdout) == (pythons.returncode, pythons.stdout)
    assert ours.stderr.splitlines()[-3:] == pythons.stderr.splitlines()[-3:]


def test_a_module_of_the_folder_means_denim(project: Project) -> None:
    project.write("package/__init__.py", "from keras import layers\n")
    project.write("package/inner.py", "import denim\nfrom . import layers\nprint(layers is denim.layers)\n")

    assert project.output("-m", "package.inner") == "True\n"


def test_an_installed_module_that_is_run_means_denim(project: Project) -> None:
    project.install("tool/__init__.py", "from keras import layers\n")
    project.install("tool/__main__.py", "import thirdparty\nprint([name for name, _ in thirdparty.seen()[0][::2]])\n")

    assert project.output("-m", "tool") == "['keras', 'tensorflow', 'keras.layers']\n"


def test_a_traceback_shows_the_scripts_lines(project: Project) -> None:
    project.write("script.py", "import keras\nimport helper\n\n\ndef start():\n    helper.fail()\n\n\nstart()\n")
    project.write("helper.py", "import tensorflow as tf, keras\n\n\ndef fail():\n    import keras.src.backend\n")
    done = project.run("script.py")

    assert done.returncode == 1
    assert [line.strip() for line in done.stderr.splitlines() if line.startswith("  File")] == [
        f'File "{project.folder / "script.py"}", line 9, in <module>',
        f'File "{project.folder / "script.py"}", line 6, in start',
        f'File "{project.folder / "helper.py"}", line 5, in fail',
    ]
    assert "import keras.src.backend" in done.stderr
    assert "'keras.src.backend' is inside Keras, not part of its interface" in done.stderr


@pytest.mark.parametrize("broken", ["script.py", "helper.py"])
def test_a_syntax_error_is_shown_as_pythons(project: Project, broken: str) -> None:
    project.write("script.py", "import keras\nimport helper\n")
    project.write("helper.py", "")
    project.write(broken, "import keras\n\nif keras\n    pass\n")
    done = project.run("script.py")

    assert done.returncode == 1
    files = [line for line in done.stderr.splitlines() if line.startswith("  File")]
    assert files[-1] == f'  File "{project.folder / broken}", line 3'
    assert all(str(project.folder) in line for line in files)
    assert done.stderr.endswith("SyntaxError: expected ':'\n")


def test_pythons_cache_stays_that_of_python(project: Project) -> None:
    project.write("script.py", "import helper, plain\n")
    project.write("helper.py", "import keras\n")
    project.write("plain.py", "")
    project.output("script.py")

    assert [file.name.partition(".")[0] for file in (project.folder / "__pycache__").iterdir()] == ["plain"]


CHILDREN = """
import multiprocessing, pickle, sys
import keras
from keras import layers
import helper

class Mine:
    kind = layers.Dense

def work(number):
    from tensorflow.keras.layers import Dense
    return number + 1, Mine.kind is helper.Dense is Dense, __name__

def known(mine):
    return isinstance(mine, Mine)

if __name__ == "__main__":
    for method in sys.argv[1:]:
        with multiprocessing.get_context(method).Pool(1) as pool:
            print(method, *pool.map(work, [1]))
            print(pool.apply(helper.build, (3,)), pool.apply(known, (Mine(),)))
    mine, dense = pickle.loads(pickle.dumps((Mine(), layers.Dense)))
    print(mine.kind is helper.Dense, dense is helper.Dense)
"""


@pytest.mark.skipif("fork" not in __import__("multiprocessing").get_all_start_methods(), reason="needs fork")
def test_pickles_and_children(project: Project) -> None:
    project.write("script.py", CHILDREN)
    project.write("helper.py", "from keras.layers import Dense\n\n\ndef build(units):\n    return Dense(units).units\n")
    lines = project.output("script.py", "spawn", "forkserver", "fork").splitlines()

    assert lines == [
        *("spawn (2, True, '__mp_main__')", "3 True"),
        *("forkserver (2, True, '__mp_main__')", "3 True"),
        *("fork (2, True, '__main__')", "3 True"),
        "True True",
    ]


def test_children_of_a_module(project: Project) -> None:
    project.write("package/__init__.py", "")
    project.write("package/work.py", CHILDREN.replace("import helper", "from . import helper"))
    project.write("package/helper.py", "from keras.layers import Dense\ndef build(units):\n    return units\n")

    assert project.output("-m", "package.work", "spawn").splitlines()[0] == "spawn (2, True, '__mp_main__')"


def test_a_folder_with_a_main(project: Project) -> None:
    project.write("app/__main__.py", "import denim, sys, part\nprint(part.keras is denim, sys.argv)\n")
    project.write("app/part.py", "import keras\n")

    assert project.output("run", "app", "x") == "True ['app', 'x']\n"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("run", "nosuch.py"), "There is no file 'nosuch.py'."),
        (("run", "-m"), "-m is followed by the name of a module."),
        (("run", "nosuch.ipynb"), "'nosuch.ipynb' cannot be read: No such file or directory."),
    ],
)
def test_nothing_to_run(project: Project, words: tuple[str, ...], said: str) -> None:
    done = project.run(*words)

    assert (done.returncode, done.stderr) == (2, f"Error: {said}\n")


def test_the_command_passes_words_on_and_the_exit_code_back(project: Project) -> None:
    project.write("script.py", "import sys\nprint(sys.argv)\nsys.exit(3)\n")
    done = project.run("run", "script.py", "--json", "--help", "-m", "x")

    assert (done.returncode, done.stdout) == (3, "['script.py', '--json', '--help', '-m', 'x']\n")


def test_other_words_are_those_of_the_command(project: Project) -> None:
    assert "check" in project.output("--help")
