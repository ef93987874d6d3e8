"""The encoder as torch's exporter writes Hugging Face's BertForSequenceClassification, in float32; and the same graph
after onnxruntime.quantization.quantize_dynamic with its defaults.

Inputs input_ids, attention_mask and token_type_ids, int64 [batch, sequence]; output logits [batch, outputs].
"""
import numpy as np

from graph import Graph
from onnx import TensorProto


class PlainEncoder:
    def __init__(self, shape, weights):
        self.shape = shape
        self.weights = weights
        self.graph = Graph()

    def write(self, path):
        graph, shape = self.graph, self.shape
        ids = graph.input("input_ids", ["batch", "sequence"])
        mask = graph.input("attention_mask", ["batch", "sequence"])
        types = graph.input("token_type_ids", ["batch", "sequence"])
        bias = self._mask_bias(mask)
        hidden = self._embeddings(ids, types)
        for layer in range(shape.layers):
            hidden = self._layer(f"layers.{layer}.", hidden, bias)
        first = graph.node("Gather", hidden, graph.scalar(0, np.int64), axis=1)
        pooled = graph.node("Tanh", self._head_linear("pooler", first))
        graph.write(path, self._head_linear("head", pooled), ["batch", shape.outputs])

    # What quantize_dynamic changes.

    def _lookup(self, name, ids):
        return self.graph.node("Gather", self.graph.constant(name, self.weights[name]), ids)

    def _multiply(self, values, name, weight):
        """values x weight^T, without the bias."""
        return self.graph.node("MatMul", values, self.graph.constant(name, weight.T))

    def _head_linear(self, name, values):
        weight = self.graph.constant(name + ".weight", self.weights[name + ".weight"])
        return self.graph.node("Gemm", values, weight, self._bias(name), transB=1)

    # The same in both.

    def _bias(self, name, part=slice(None)):
        suffix = "" if part == slice(None) else f".{part.start}"
        return self.graph.constant(name + ".bias" + suffix, self.weights[name + ".bias"][part])

    def _linear(self, name, values, part=slice(None)):
        suffix = "" if part == slice(None) else f".{part.start}"
        product = self._multiply(values, name + ".weight" + suffix, self.weights[name + ".weight"][part])
        return self.graph.node("Add", self._bias(name, part), product)

    def _norm(self, name, values):
        weight = self.graph.constant(name + ".weight", self.weights[name + ".weight"])
        bias = self.graph.constant(name + ".bias", self.weights[name + ".bias"])
        epsilon = self.shape.layer_norm_epsilon
        return self.graph.node("LayerNormalization", values, weight, bias, axis=-1, epsilon=epsilon)

    def _size(self, values, axis):
        return self.graph.node("Gather", self.graph.node("Shape", values), self.graph.scalar(axis, np.int64), axis=0)

    def _mask_bias(self, mask):
        graph = self.graph
        mask = graph.node("Unsqueeze", graph.node("Unsqueeze", mask, graph.integers(1)), graph.integers(2))
        mask = graph.node("Cast", mask, to=TensorProto.FLOAT)
        return graph.node("Mul", graph.node("Sub", graph.scalar(1.0), mask), graph.scalar(np.finfo(np.float32).min))

    def _embeddings(self, ids, types):
        graph = self.graph
        positions = graph.constant("position_ids", np.arange(self.shape.positions, dtype=np.int64)[None])
        length = graph.node("Unsqueeze", self._size(ids, 1), graph.integers(0))
        positions = graph.node("Slice", positions, graph.integers(0), length, graph.integers(1), graph.integers(1))
        sum_ = graph.node("Add", self._lookup("embeddings.word", ids), self._lookup("embeddings.type", types))
        sum_ = graph.node("Add", sum_, self._lookup("embeddings.position", positions))
        return self._norm("embeddings.norm", sum_)

    def _split_heads(self, values, permutation):
        graph, shape = self.graph, self.shape
        sizes = [graph.node("Unsqueeze", self._size(values, axis), graph.integers(0)) for axis in (0, 1)]
        target = graph.node("Concat", *sizes, graph.integers(shape.heads), graph.integers(shape.head), axis=0)
        return graph.node("Transpose", graph.node("Reshape", values, target), perm=permutation)

    def _layer(self, prefix, hidden, mask_bias):
        graph, shape = self.graph, self.shape
        parts = [slice(i * shape.hidden, (i + 1) * shape.hidden) for i in range(3)]
        query, key, value = (self._linear(prefix + "qkv", hidden, part) for part in parts)
        query = self._split_heads(query, [0, 2, 1, 3])
        key = self._split_heads(key, [0, 2, 3, 1])
        value = self._split_heads(value, [0, 2, 1, 3])
        scores = graph.node("Div", graph.node("MatMul", query, key), graph.scalar(np.sqrt(shape.head)))
        shares = graph.node("Softmax", graph.node("Add", scores, mask_bias), axis=-1)
        context = graph.node("Transpose", graph.node("MatMul", shares, value), perm=[0, 2, 1, 3])
        sizes = [graph.node("Unsqueeze", self._size(context, axis), graph.integers(0)) for axis in (0, 1)]
        context = graph.node("Reshape", context, graph.node("Concat", *sizes, graph.integers(shape.hidden), axis=0))
        hidden = graph.node("Add", self._linear(prefix + "attention", context), hidden)
        hidden = self._norm(prefix + "attention_norm", hidden)
        down = self._linear(prefix + "down", self._gelu(self._linear(prefix + "up", hidden)))
        return self._norm(prefix + "output_norm", graph.node("Add", down, hidden))

    def _gelu(self, values):
        graph = self.graph
        erf = graph.node("Erf", graph.node("Div", values, graph.scalar(np.sqrt(2.0))))
        doubled = graph.node("Mul", values, graph.node("Add", erf, graph.scalar(1.0)))
        return graph.node("Mul", doubled, graph.scalar(0.5))


class DynamicEncoder(PlainEncoder):
    """quantize_dynamic's defaults: weights int8, symmetric, one scale a tensor; activations uint8 from each tensor's
    range at run time; products of two activations stay float; tables of embeddings uint8 with one scale."""

    def __init__(self, shape, weights):
        super().__init__(shape, weights)
        self._quantized = {}

    def _lookup(self, name, ids):
        graph = self.graph
        table = self.weights[name]
        low, high = min(0.0, float(table.min())), max(0.0, float(table.max()))
        scale = np.float32((high - low) / 255)
        zero = np.uint8(round(-low / float(scale)))
        codes = np.clip(np.rint(table / scale) + zero, 0, 255).astype(np.uint8)
        rows = graph.node("Gather", graph.constant(name, codes), ids)
        return graph.node("DequantizeLinear", rows, graph.constant(name + ".scale", scale),
                          graph.constant(name + ".zero", zero))

    def _multiply(self, values, name, weight):
        graph = self.graph
        scale = np.float32(np.abs(weight).max() / 127)
        codes = np.clip(np.rint(weight / scale), -127, 127).astype(np.int8)
        if values not in self._quantized:  # one for query, key and value
            self._quantized[values] = graph.node("DynamicQuantizeLinear", values, outputs=3)
        quantized, values_scale, zero = self._quantized[values]
        product = graph.node("MatMulInteger", quantized, graph.constant(name, codes.T), zero, graph.scalar(0, np.int8))
        product = graph.node("Cast", product, to=TensorProto.FLOAT)
        return graph.node("Mul", product, graph.node("Mul", values_scale, graph.constant(name + ".scale", scale)))

    def _head_linear(self, name, values):
        return self._linear(name, values)
