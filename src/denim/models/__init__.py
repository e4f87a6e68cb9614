"""Models: Sequential chains and functional graphs, and how they are saved and loaded."""

from denim.lazy import bind
from denim.models.model import Model
from denim.models.sequential import Sequential

__all__ = ["Model", "Sequential", "clone_model", "load_model", "model_from_json", "save_model"]

_FILES = dict.fromkeys(("load_model", "model_from_json", "save_model"), "denim.saving.model_files")

__getattr__, __dir__ = bind(__name__, {**dict.fromkeys(__all__), **_FILES, "clone_model": "denim.models.cloning"})
