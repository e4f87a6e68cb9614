"""Keras's ``utils`` names, imported on first use."""

from __future__ import annotations

from typing import TYPE_CHECKING

from denim.lazy import bind

if TYPE_CHECKING:
    from denim.callbacks.progbar import Progbar
    from denim.data.py_dataset import PyDataset, Sequence
    from denim.dtypes import standardize_dtype
    from denim.layers.symbolic import get_source_inputs, is_keras_tensor
    from denim.messages import disable_interactive_logging, enable_interactive_logging, is_interactive_logging_enabled
    from denim.saving.custom_objects import (
        CustomObjectScope,
        custom_object_scope,
        get_custom_objects,
        get_registered_name,
        get_registered_object,
        register_keras_serializable,
    )
    from denim.saving.serialization import deserialize_keras_object, serialize_keras_object
    from denim.session import clear_session
    from denim.utils.categorical import to_categorical
    from denim.utils.file_fetching import get_file
    from denim.utils.images import array_to_img, img_to_array, load_img, save_img
    from denim.utils.model_plot import model_to_dot, plot_model
    from denim.utils.named_values import Config
    from denim.utils.normalizing import normalize
    from denim.utils.seeding import set_random_seed
    from denim.utils.sequences import pad_sequences
    from denim.utils.splitting import pack_x_y_sample_weight, split_dataset, unpack_x_y_sample_weight

__all__ = [
    "Config",
    "CustomObjectScope",
    "Progbar",
    "PyDataset",
    "Sequence",
    "array_to_img",
    "clear_session",
    "custom_object_scope",
    "deserialize_keras_object",
    "disable_interactive_logging",
    "enable_interactive_logging",
    "get_custom_objects",
    "get_file",
    "get_registered_name",
    "get_registered_object",
    "get_source_inputs",
    "img_to_array",
    "is_interactive_logging_enabled",
    "is_keras_tensor",
    "load_img",
    "model_to_dot",
    "normalize",
    "pack_x_y_sample_weight",
    "pad_sequences",
    "plot_model",
    "register_keras_serializable",
    "save_img",
    "serialize_keras_object",
    "set_random_seed",
    "split_dataset",
    "standardize_dtype",
    "to_categorical",
    "unpack_x_y_sample_weight",
]

__getattr__, __dir__ = bind(
    __name__,
    {
        "Config": "denim.utils.named_values",
        "CustomObjectScope": "denim.saving.custom_objects",
        "Progbar": "denim.callbacks.progbar",
        "PyDataset": "denim.data.py_dataset",
        "Sequence": "denim.data.py_dataset",
        "array_to_img": "denim.utils.images",
        "clear_session": "denim.session",
        "custom_object_scope": "denim.saving.custom_objects",
        "deserialize_keras_object": "denim.saving.serialization",
        "disable_interactive_logging": "denim.messages",
        "enable_interactive_logging": "denim.messages",
        "get_custom_objects": "denim.saving.custom_objects",
        "get_file": "denim.utils.file_fetching",
        "get_registered_name": "denim.saving.custom_objects",
        "get_registered_object": "denim.saving.custom_objects",
        "get_source_inputs": "denim.layers.symbolic",
        "img_to_array": "denim.utils.images",
        "is_interactive_logging_enabled": "denim.messages",
        "is_keras_tensor": "denim.layers.symbolic",
        "load_img": "denim.utils.images",
        "model_to_dot": "denim.utils.model_plot",
        "normalize": "denim.utils.normalizing",
        "pack_x_y_sample_weight": "denim.utils.splitting",
        "pad_sequences": "denim.utils.sequences",
        "plot_model": "denim.utils.model_plot",
        "register_keras_serializable": "denim.saving.custom_objects",
        "save_img": "denim.utils.images",
        "serialize_keras_object": "denim.saving.serialization",
        "set_random_seed": "denim.utils.seeding",
        "split_dataset": "denim.utils.splitting",
        "standardize_dtype": "denim.dtypes",
        "to_categorical": "denim.utils.categorical",
        "unpack_x_y_sample_weight": "denim.utils.splitting",
    },
)
