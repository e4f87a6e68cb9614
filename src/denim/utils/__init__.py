"""Keras's ``utils`` names."""

from denim.lazy import bind
from denim.naming import clear_session
from denim.utils.categorical import to_categorical
from denim.utils.seeding import set_random_seed

_SERIALIZATION = {
    "CustomObjectScope": "denim.saving.custom_objects",
    "custom_object_scope": "denim.saving.custom_objects",
    "deserialize_keras_object": "denim.saving.serialization",
    "get_custom_objects": "denim.saving.custom_objects",
    "get_registered_name": "denim.saving.custom_objects",
    "get_registered_object": "denim.saving.custom_objects",
    "register_keras_serializable": "denim.saving.custom_objects",
    "serialize_keras_object": "denim.saving.serialization",
}

__all__ = [
    "CustomObjectScope",
    "Progbar",
    "clear_session",
    "custom_object_scope",
    "deserialize_keras_object",
    "get_custom_objects",
    "get_registered_name",
    "get_registered_object",
    "register_keras_serializable",
    "serialize_keras_object",
    "set_random_seed",
    "to_categorical",
]

__getattr__, __dir__ = bind(
    __name__, {**dict.fromkeys(__all__), **_SERIALIZATION, "Progbar": "denim.callbacks.progbar"}
)
