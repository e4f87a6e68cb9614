"""Saving and loading, by Keras's names."""

from denim.lazy import bind

_HOMES = {
    "CustomObjectScope": "denim.saving.custom_objects",
    "ModelFileError": "denim.saving.errors",
    "custom_object_scope": "denim.saving.custom_objects",
    "deserialize_keras_object": "denim.saving.serialization",
    "get_custom_objects": "denim.saving.custom_objects",
    "get_registered_name": "denim.saving.custom_objects",
    "get_registered_object": "denim.saving.custom_objects",
    "load_model": "denim.saving.model_files",
    "load_weights": "denim.saving.weight_files",
    "register_keras_serializable": "denim.saving.custom_objects",
    "save_model": "denim.saving.model_files",
    "save_weights": "denim.saving.weight_files",
    "serialize_keras_object": "denim.saving.serialization",
}

__all__ = [
    "CustomObjectScope",
    "ModelFileError",
    "custom_object_scope",
    "deserialize_keras_object",
    "get_custom_objects",
    "get_registered_name",
    "get_registered_object",
    "load_model",
    "load_weights",
    "register_keras_serializable",
    "save_model",
    "save_weights",
    "serialize_keras_object",
]

__getattr__, __dir__ = bind(__name__, _HOMES)
