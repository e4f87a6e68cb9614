"""Models as files for other programs: ``Model.export`` writes them, as ONNX or as C; ``Model.to_keras`` for Keras."""

from typing import TYPE_CHECKING

from denim.lazy import bind

if TYPE_CHECKING:
    from denim.export.int8 import quantized
    from denim.export.int8_report import Int8Report

__all__ = ["Int8Report", "quantized"]

__getattr__, __dir__ = bind(__name__, {"Int8Report": "denim.export.int8_report", "quantized": "denim.export.int8"})
