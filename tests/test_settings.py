"""config, backend, dtype policies, InputSpec and the contexts, with what Keras 3.15 says."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

import denim as keras

config, backend = keras.config, keras.backend


@pytest.fixture(autouse=True)
def settings_restored() -> Iterator[None]:
    yield
    config.set_floatx("float32")
    config.set_dtype_policy("float32")
    config.set_image_data_format("channels_last")
    keras.utils.clear_session()


def test_backend() -> None:
    assert config.backend() == backend.backend() == "numpy"
    config.set_backend("numpy")
    with pytest.raises(ValueError, match=r"see `config\.set_engine`\. Received: backend='jax'"):
        config.set_backend("jax")


def test_image_data_format() -> None:
    assert config.image_data_format() == backend.image_data_format() == "channels_last"
    backend.set_image_data_format("Channels_First")
    assert config.image_data_format() == "channels_first"
    with pytest.raises(ValueError, match=r"`data_format` argument must be one of .* Did you mean 'channels_last'\?"):
        config.set_image_data_format("channel_last")


def test_what_is_accepted_without_effect() -> None:
    config.enable_unsafe_deserialization()
    config.disable_traceback_filtering()
    assert not config.is_traceback_filtering_enabled()
    config.enable_traceback_filtering()
    assert config.is_traceback_filtering_enabled()
    with keras.name_scope("a"), keras.device("gpu:0"):
        assert keras.layers.Dense(1).name == "dense"
    with pytest.raises(ValueError, match="cannot contain character `/`"), keras.name_scope("a/b"):
        pass
    with pytest.raises(ValueError, match="`device_name` must be a string"), keras.device(0):  # type: ignore[arg-type]
        pass


def test_dtype_policy() -> None:
    assert config.dtype_policy() == keras.DTypePolicy("float32") == keras.DTypePolicy()
    config.set_dtype_policy("float64")
    assert (config.dtype_policy().name, config.floatx()) == ("float64", "float32")
    assert keras.layers.Dense(1).dtype == "float64"
    assert keras.layers.Dense(1, dtype="float32").dtype == "float32"
    config.set_dtype_policy(keras.DTypePolicy("float32"))
    assert keras.layers.Dense(1).dtype == "float32"
    assert keras.layers.Dense(1, dtype=keras.DTypePolicy("float64")).dtype == "float64"


def test_a_new_session_forgets_the_policy_and_not_the_float() -> None:
    config.set_floatx("float64")
    config.set_dtype_policy("float32")
    backend.clear_session()
    assert (config.dtype_policy().name, config.floatx()) == ("float64", "float64")
    keras.utils.set_random_seed(3)
    first = keras.random.normal((2,)).tolist()
    keras.utils.set_random_seed(3)
    keras.random.normal((2,))
    keras.utils.set_random_seed(3)
    keras.utils.clear_session()
    assert keras.random.normal((2,)).tolist() == first


@pytest.mark.parametrize("name", ["mixed_float16", "mixed_bfloat16", "float16", "int8_from_float32", "float33"])
def test_reduced_precisions_are_refused(name: str) -> None:
    with pytest.raises(ValueError, match="no mixed or reduced precisions, which gain nothing on a CPU"):
        config.set_dtype_policy(name)
    assert config.dtype_policy().name == "float32"


def test_a_policy() -> None:
    policy = keras.DTypePolicy("float64")
    assert (policy.name, policy.compute_dtype, policy.variable_dtype) == ("float64",) * 3
    assert policy.quantization_mode is None and repr(policy) == '<DTypePolicy "float64">' and policy != "float64"
    policies = keras.dtype_policies
    written = {"module": "keras", "class_name": "DTypePolicy", "config": {"name": "float64"}, "registered_name": None}
    assert policies.serialize(policy) == written and policies.deserialize(written) == policy
    assert policies.get(written) == policies.get("float64") == policies.get(policy) == policy
    assert policies.get(None).name == "float32" and len({policy, keras.DTypePolicy("float64")}) == 1
    with pytest.raises(TypeError, match="'name' must be a string"):
        keras.DTypePolicy(3)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="Cannot interpret `dtype` argument"):
        policies.get(3)
    with pytest.raises(ValueError, match="dtype policies 'float32' and 'float64'"):
        policies.deserialize({**written, "class_name": "QuantizedDTypePolicy"})


@pytest.mark.parametrize(
    ("dtype", "name"),
    [
        (None, "float32"),
        ("int", "int32"),
        (int, "int32"),
        (float, "float32"),
        (bool, "bool"),
        (str, "string"),
        (np.float16, "float16"),
        (np.dtype("uint8"), "uint8"),
        ("bfloat16", "bfloat16"),
        ("complex64", "complex64"),
    ],
)
def test_standardize_dtype(dtype: Any, name: str) -> None:
    assert keras.utils.standardize_dtype(dtype) == backend.standardize_dtype(dtype) == name


def test_kinds_of_dtypes() -> None:
    with pytest.raises(ValueError, match=r"Invalid dtype: floot32\. Did you mean 'float32'\?"):
        backend.standardize_dtype("floot32")
    assert backend.is_float_dtype("bfloat16") and backend.is_float_dtype(np.float64) and not backend.is_float_dtype(int)
    assert backend.is_int_dtype("uint8") and not backend.is_int_dtype("bool")


@pytest.mark.parametrize(
    ("dtypes", "expected"),
    [
        ((), "float32"),
        (("int32", "float32"), "float32"),
        ((int, "int8"), "int8"),
        (("int64", "int64"), "int32"),
        (("bool", "bool"), "bool"),
        (("bool", int), "int32"),
        (("uint8", "int8"), "int16"),
        (("uint32", "int8"), "int32"),
        (("uint64", "int8"), "float32"),
        (("uint8", "uint16"), "uint16"),
        (("float16", "bfloat16"), "float32"),
        (("float16", float), "float16"),
        (("int32", float), "float32"),
        ((int, float), "float32"),
        (("float64", "float32"), "float64"),
        ((None, "float16"), "float32"),
    ],
)
def test_result_type(dtypes: Any, expected: str) -> None:
    assert backend.result_type(*dtypes) == expected


def test_result_type_of_no_numbers() -> None:
    with pytest.raises(ValueError, match="no promotion for these dtypes"):
        backend.result_type("string", "float32")


def test_get_uid() -> None:
    assert [backend.get_uid("dense") for _ in range(2)] == [1, 2]
    assert keras.layers.Dense(1).name == "dense_2" and backend.get_uid("dense") == 4
    backend.clear_session()
    assert backend.get_uid("dense") == 1 and backend.get_uid() == 1


def test_input_spec() -> None:
    spec = keras.InputSpec(shape=[None, 3], max_ndim=2, axes={-1: 3})
    assert repr(spec) == "InputSpec(shape=(None, 3), ndim=2, max_ndim=2, axes={-1: 3})"
    assert keras.InputSpec.from_config(spec.get_config()).get_config() == spec.get_config()
    assert keras.InputSpec(dtype=float, min_ndim=2).get_config()["dtype"] == "float32"
    with pytest.raises(TypeError, match="`axes` must be a dict with integer keys"):
        keras.InputSpec(axes={"a": 3})  # type: ignore[dict-item]
    with pytest.raises(ValueError, match="Axis 5 is greater than the maximum allowed value: 1"):
        keras.InputSpec(ndim=2, axes={5: 3})


def test_version() -> None:
    assert keras.version() == keras.__version__
