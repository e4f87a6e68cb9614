"""Models as files for other programs: ``Model.export`` writes them, as ONNX or as C."""

from denim.lazy import bind

__all__: list[str] = []

__getattr__, __dir__ = bind(__name__, {})
