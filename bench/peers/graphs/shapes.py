"""The encoders that bench/encoder runs, and random weights for them.

Tensors carry the canonical names of tenor's float bundles (src/experts/encoder_config.h); every weight is [out, in].
"""
import dataclasses
import json
import zlib

import numpy as np


@dataclasses.dataclass(frozen=True)
class Shape:
    layers: int
    hidden: int
    heads: int
    ffn: int
    vocabulary: int = 21128
    positions: int = 512
    types: int = 2
    outputs: int = 3
    layer_norm_epsilon: float = 1e-12

    @property
    def head(self):
        return self.hidden // self.heads

    def settings(self):
        """As src/experts/encoder_config.h has them."""
        return dict(dataclasses.asdict(self), position_offset=0, activation="gelu", pooler="tanh", shared_layers=False)


SHAPES = {
    "A": Shape(layers=4, hidden=312, heads=12, ffn=1200),
    "B": Shape(layers=6, hidden=768, heads=12, ffn=3072),
    "C": Shape(layers=12, hidden=768, heads=12, ffn=3072),
}


def tensor_shapes(shape):
    """Canonical name -> shape of every tensor."""
    hidden, ffn = shape.hidden, shape.ffn
    tensors = {
        "embeddings.word": (shape.vocabulary, hidden),
        "embeddings.position": (shape.positions, hidden),
        "embeddings.type": (shape.types, hidden),
    }

    def linear(name, outputs, inputs):
        tensors[name + ".weight"] = (outputs, inputs)
        tensors[name + ".bias"] = (outputs,)

    def norm(name):
        tensors[name + ".weight"] = tensors[name + ".bias"] = (hidden,)

    norm("embeddings.norm")
    for layer in range(shape.layers):
        prefix = f"layers.{layer}."
        linear(prefix + "qkv", 3 * hidden, hidden)
        linear(prefix + "attention", hidden, hidden)
        norm(prefix + "attention_norm")
        linear(prefix + "up", ffn, hidden)
        linear(prefix + "down", hidden, ffn)
        norm(prefix + "output_norm")
    linear("pooler", hidden, hidden)
    linear("head", shape.outputs, hidden)
    return tensors


def random_weights(shape, seed):
    """BERT-like scale: normal with deviation 0.04 for matrices, layer-norm weights near 1, small biases. A tensor
    depends on the seed and its name alone."""
    weights = {}
    for name, dimensions in tensor_shapes(shape).items():
        generator = np.random.default_rng([seed, zlib.crc32(name.encode())])
        values = generator.standard_normal(dimensions, dtype=np.float32)
        if name.endswith("norm.weight"):
            values = np.float32(1) + np.float32(0.05) * values
        elif name.endswith(".bias"):
            values *= np.float32(0.02)
        else:
            values *= np.float32(0.04)
        weights[name] = values
    return weights


_SAFETENSORS_TYPES = {np.dtype(np.float32): "F32"}


def write_safetensors(path, tensors):
    header, offset = {}, 0
    for name, values in tensors.items():
        header[name] = {
            "dtype": _SAFETENSORS_TYPES[values.dtype],
            "shape": list(values.shape),
            "data_offsets": [offset, offset + values.nbytes],
        }
        offset += values.nbytes
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 64)
    with open(path, "wb") as file:
        file.write(len(text).to_bytes(8, "little") + text)
        for values in tensors.values():
            values.tofile(file)
