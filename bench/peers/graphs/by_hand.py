"""The fastest INT8 graph for ONNX Runtime's CPU kernels that we could write by hand, with the same mathematics as
plain.py (erf GELU, pooler, head) and activations quantised when they arise, as in DynamicEncoder.

What is in it, and why:
- weights int8 with one scale an output channel; every product is DynamicQuantizeMatMul (range, quantisation, product,
  scales and bias in one operator), query, key and value in one;
- the attention is MultiHeadAttention; residual sums stay Add + LayerNormalization (SkipLayerNormalization makes the
  whole 15 to 35 % slower; the session disables SkipLayerNormFusion as well);
- the token type and the position table are one table; the erf GELU is one operator;
- in the last layer only the first token's query, attention row, projection and feed-forward network are computed; the
  layer's input is quantised once for query, key and value;
- without `masked` there is no mask: for batches of equal lengths. With it an input `lengths`, int32 [batch].

Tried as well, measured within 3 % of this or slower: QAttention, three products for query, key and value, attention
from MatMul and Softmax nodes, BiasGelu, the tanh GELU, EmbedLayerNormalization, fixed shapes, activation scales fixed
beforehand; uint8 weights (45 to 60 % slower), MatMulNBits with 8 bits (20 to 120 % slower).

Input input_ids, int32 [batch, sequence]; output logits [batch, outputs].
"""
import numpy as np

from graph import Graph
from onnx import TensorProto


def _per_channel(weight):
    """weight [out, in] -> int8 codes [in, out] and their scales [out]."""
    scale = (np.abs(weight).max(axis=1) / 127).astype(np.float32)
    codes = np.clip(np.rint(weight / scale[:, None]), -127, 127).astype(np.int8)
    return codes.T, scale


class HandEncoder:
    def __init__(self, shape, weights, masked):
        self.shape = shape
        self.weights = weights
        self.masked = masked
        self.graph = Graph()

    def write(self, path):
        graph, shape = self.graph, self.shape
        ids = graph.input("input_ids", ["batch", "sequence"], TensorProto.INT32)
        lengths = graph.input("lengths", ["batch"], TensorProto.INT32) if self.masked else None
        hidden = self._embeddings(ids)
        for layer in range(shape.layers - 1):
            hidden = self._layer(f"layers.{layer}.", hidden, lengths)
        first = self._last_layer(f"layers.{shape.layers - 1}.", hidden, lengths)
        first = graph.node("Squeeze", first, graph.integers(1))
        pooled = graph.node("Tanh", self._linear("pooler", first))
        weight, bias = self._tensors("head")
        weight, bias = graph.constant("head.weight", weight), graph.constant("head.bias", bias)
        head = graph.node("Gemm", pooled, weight, bias, transB=1)
        graph.write(path, head, ["batch", shape.outputs])

    def _tensors(self, name):
        return self.weights[name + ".weight"], self.weights[name + ".bias"]

    def _constants(self, name, part=slice(None)):
        """codes, scale and bias of a product's rows `part`."""
        weight, bias = self._tensors(name)
        codes, scale = _per_channel(weight[part])
        name += "" if part == slice(None) else f".{part.start}"
        graph = self.graph
        return [graph.constant(name + suffix, values)
                for suffix, values in ((".weight", codes), (".scale", scale), (".bias", bias[part]))]

    def _linear(self, name, values):
        codes, scale, bias = self._constants(name)
        return self.graph.microsoft("DynamicQuantizeMatMul", values, codes, scale, "", bias)

    def _quantized_linear(self, name, quantized, part):
        values, values_scale, zero = quantized
        codes, scale, bias = self._constants(name, part)
        return self.graph.microsoft("MatMulIntegerToFloat", values, codes, values_scale, scale, zero, "", bias)

    def _norm(self, name, values):
        weight, bias = self._tensors(name)
        weight, bias = self.graph.constant(name + ".weight", weight), self.graph.constant(name + ".bias", bias)
        epsilon = self.shape.layer_norm_epsilon
        return self.graph.node("LayerNormalization", values, weight, bias, axis=-1, epsilon=epsilon)

    def _embeddings(self, ids):
        graph = self.graph
        positions = self.weights["embeddings.position"] + self.weights["embeddings.type"][0]
        length = graph.node("Shape", ids, start=1, end=2)
        positions = graph.node("Slice", graph.constant("embeddings.position", positions), graph.integers(0), length,
                               graph.integers(0))
        words = graph.node("Gather", graph.constant("embeddings.word", self.weights["embeddings.word"]), ids)
        return self._norm("embeddings.norm", graph.node("Add", words, positions))

    def _attend(self, query, key, value, lengths):
        mask = ["", lengths] if lengths else []
        return self.graph.microsoft("MultiHeadAttention", query, key, value, *mask, num_heads=self.shape.heads)

    def _after_attention(self, prefix, context, residual):
        graph = self.graph
        hidden = graph.node("Add", self._linear(prefix + "attention", context), residual)
        hidden = self._norm(prefix + "attention_norm", hidden)
        down = self._linear(prefix + "down", graph.microsoft("Gelu", self._linear(prefix + "up", hidden)))
        return self._norm(prefix + "output_norm", graph.node("Add", down, hidden))

    def _layer(self, prefix, hidden, lengths):
        size = self.shape.hidden
        sizes = self.graph.integers(size, size, size)
        parts = self.graph.node("Split", self._linear(prefix + "qkv", hidden), sizes, axis=2, outputs=3)
        return self._after_attention(prefix, self._attend(*parts, lengths), hidden)

    def _last_layer(self, prefix, hidden, lengths):
        graph, size = self.graph, self.shape.hidden

        def first(values):
            return graph.node("Slice", values, graph.integers(0), graph.integers(1), graph.integers(1))

        values, scale, zero = graph.node("DynamicQuantizeLinear", hidden, outputs=3)
        query = self._quantized_linear(prefix + "qkv", (first(values), scale, zero), slice(0, size))
        both = self._quantized_linear(prefix + "qkv", (values, scale, zero), slice(size, 3 * size))
        key, value = graph.node("Split", both, graph.integers(size, size), axis=2, outputs=2)
        return self._after_attention(prefix, self._attend(query, key, value, lengths), first(hidden))
