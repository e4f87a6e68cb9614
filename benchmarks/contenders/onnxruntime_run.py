"""ONNX Runtime's ``session.run`` on the same weights, all optimizations on."""

from __future__ import annotations

import numpy as np
import onnxruntime
from onnx import TensorProto, checker, helper, numpy_helper

from benchmarks.contenders.protocol import Floats, serve_predictions
from benchmarks.contenders.threads import one_or_all
from benchmarks.data import Layers
from benchmarks.workloads import Inference

OPSET = 17


def model_bytes(units: tuple[int, ...], weights: Layers) -> bytes:
    """The network as an ONNX file: Gemm and Relu for each hidden layer, Gemm and Softmax at the end."""
    nodes, arrays, name = [], [], "x"
    for index, (weight, bias) in enumerate(weights):
        arrays += [numpy_helper.from_array(weight, f"w{index}"), numpy_helper.from_array(bias, f"b{index}")]
        nodes.append(helper.make_node("Gemm", [name, f"w{index}", f"b{index}"], [f"h{index}"]))
        last = index == len(weights) - 1
        name = "y" if last else f"a{index}"
        nodes.append(helper.make_node("Softmax" if last else "Relu", [f"h{index}"], [name]))
    x = helper.make_tensor_value_info("x", TensorProto.FLOAT, ["rows", units[0]])
    y = helper.make_tensor_value_info("y", TensorProto.FLOAT, ["rows", units[-1]])
    graph = helper.make_graph(nodes, "dense", [x], [y], arrays)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=8)
    checker.check_model(model)
    return bytes(model.SerializeToString())


class Session:
    """A session with the number of threads that proves faster."""

    def __init__(self, inference: Inference, weights: Layers) -> None:
        content = model_bytes(inference.units, weights)

        def session(threads: int) -> onnxruntime.InferenceSession:
            options = onnxruntime.SessionOptions()
            options.intra_op_num_threads = threads
            options.inter_op_num_threads = 1
            options.execution_mode = onnxruntime.ExecutionMode.ORT_SEQUENTIAL
            options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_ALL
            return onnxruntime.InferenceSession(content, options, providers=["CPUExecutionProvider"])

        def choose(threads: int) -> None:
            self.session = session(threads)

        self.variants = one_or_all(choose)
        choose(1)

    def predict(self, x: Floats) -> Floats:
        """The softmax outputs for rows."""
        return np.asarray(self.session.run(["y"], {"x": x})[0])


if __name__ == "__main__":
    serve_predictions("ONNX Runtime, session.run", ("onnxruntime", "onnx"), Session)
