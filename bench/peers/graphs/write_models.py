#!/usr/bin/env python3
"""Writes what bench/encoder runs, for one model: random weights, and ONNX graphs of them.

    write_models.py MODEL FOLDER [--seed N] [--hugging-face]

MODEL is A, B or C (shapes.py). FOLDER gets encoder.safetensors and encoder.json (tenor's canonical tensors and
settings), plain.onnx (float32, as torch exports it), dynamic.onnx (as quantize_dynamic turns that into INT8), hand.onnx
and hand-masked.onnx (the best INT8 graph by hand); with --hugging-face also the folder hugging-face, which
`tenor-train import` reads. It needs Debian's python3-onnx.
"""
import argparse
import json
import pathlib

from by_hand import HandEncoder
from hugging_face import write_folder
from plain import DynamicEncoder, PlainEncoder
from shapes import SHAPES, random_weights, write_safetensors


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", choices=sorted(SHAPES))
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--hugging-face", action="store_true")
    arguments = parser.parse_args()
    shape = SHAPES[arguments.model]
    weights = random_weights(shape, arguments.seed)
    folder = arguments.folder
    folder.mkdir(parents=True, exist_ok=True)
    write_safetensors(folder / "encoder.safetensors", weights)
    (folder / "encoder.json").write_text(json.dumps(shape.settings(), indent=1) + "\n")
    PlainEncoder(shape, weights).write(str(folder / "plain.onnx"))
    DynamicEncoder(shape, weights).write(str(folder / "dynamic.onnx"))
    HandEncoder(shape, weights, masked=False).write(str(folder / "hand.onnx"))
    HandEncoder(shape, weights, masked=True).write(str(folder / "hand-masked.onnx"))
    if arguments.hugging_face:
        write_folder(folder / "hugging-face", shape, weights)


if __name__ == "__main__":
    main()
