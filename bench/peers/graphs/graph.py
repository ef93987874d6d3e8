"""A thin writer of ONNX graphs."""
import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

MICROSOFT = "com.microsoft"  # ONNX Runtime's own operators


class Graph:
    def __init__(self):
        self._nodes = []
        self._constants = {}
        self._inputs = []
        self._count = 0

    def input(self, name, dimensions, kind=TensorProto.INT64):
        self._inputs.append(helper.make_tensor_value_info(name, kind, dimensions))
        return name

    def constant(self, name, values):
        """Kept once a name."""
        if name not in self._constants:
            self._constants[name] = numpy_helper.from_array(np.asarray(values, order="C"), name)
        return name

    def integers(self, *values):
        return self.constant("integers_" + "_".join(map(str, values)), np.array(values, np.int64))

    def scalar(self, value, kind=np.float32):
        return self.constant(f"scalar_{np.dtype(kind).name}_{value}", np.array(value, kind))

    def node(self, operator, *inputs, outputs=1, domain="", **attributes):
        """Appends a node; returns its output's name, or the list of them when there are several."""
        self._count += 1
        names = [f"{operator}_{self._count}" + (f".{i}" if i else "") for i in range(outputs)]
        label = f"{operator}_{self._count}"
        self._nodes.append(helper.make_node(operator, list(inputs), names, name=label, domain=domain, **attributes))
        return names[0] if outputs == 1 else names

    def microsoft(self, operator, *inputs, **arguments):
        return self.node(operator, *inputs, domain=MICROSOFT, **arguments)

    def write(self, path, result, result_dimensions, opset=17):
        self._nodes.append(helper.make_node("Identity", [result], ["logits"]))
        output = helper.make_tensor_value_info("logits", TensorProto.FLOAT, result_dimensions)
        graph = helper.make_graph(self._nodes, "encoder", self._inputs, [output], list(self._constants.values()))
        opsets = [helper.make_opsetid("", opset), helper.make_opsetid(MICROSOFT, 1)]
        onnx.save(helper.make_model(graph, opset_imports=opsets, ir_version=8, producer_name="tenor bench/peers"), path)
