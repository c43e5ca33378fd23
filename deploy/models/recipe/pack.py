"""Step 3: the models that training starts from and learns from, in 8 bits and under common names.

    python pack.py --base MODEL_DIR --biencoder bge-small-en-v1.5=BGE --biencoder e5-small-v2=E5 --tokenizer tokenizer.json --out WORK/ids

The base is read from model.safetensors and stored with one scale a row, the bi-encoders as their ONNX files hold them.
"""

import argparse
from pathlib import Path

import numpy as np
import onnx
from onnx import numpy_helper
from safetensors.numpy import load_file

from common import STOP_WORDS, load_tokenizer

PARTS = {"attention.self.query": "q", "attention.self.key": "k", "attention.self.value": "v", "attention.output.dense": "out",
         "intermediate.dense": "up", "output.dense": "down", "attention.output.LayerNorm": "n1", "output.LayerNorm": "n2"}
OTHERS = {"embeddings.word_embeddings.weight": "word", "embeddings.position_embeddings.weight": "pos",
          "embeddings.token_type_embeddings.weight": "type", "embeddings.LayerNorm.weight": "eln_w", "embeddings.LayerNorm.bias": "eln_b",
          "pooler.dense.weight": "pool_w", "pooler.dense.bias": "pool_b"}


def short(name):
    if name in OTHERS:
        return OTHERS[name]
    if name.startswith("encoder.layer."):
        layer, rest = name.removeprefix("encoder.layer.").split(".", 1)
        part, kind = rest.rsplit(".", 1)
        return f"{layer}.{PARTS[part]}_{'w' if kind == 'weight' else 'b'}"
    return None


def joined(tensors):
    """Query, key and value as one matrix."""
    for layer in range(1 + max(int(n.split(".")[0]) for n in tensors if n[0].isdigit())):
        for kind in ("w", "b"):
            parts = [tensors.pop(f"{layer}.{p}_{kind}") for p in "qkv"]
            if isinstance(parts[0], tuple):
                tensors[f"{layer}.qkv_w"] = tuple(np.concatenate(columns) for columns in zip(*parts))
            else:
                tensors[f"{layer}.qkv_{kind}"] = np.concatenate(parts)
    return tensors


def by_row(values, scale, zero):
    """Quantised values without their zero point, and a scale for each row."""
    values = values.astype(np.int16) - zero.astype(np.int16).reshape(-1, 1)
    values = values.astype(np.int8) if -128 <= values.min() and values.max() <= 127 else values
    return values, np.broadcast_to(scale.astype(np.float32).reshape(-1, 1), (len(values), 1))


def base(folder):
    tensors = joined({short(n): v for n, v in load_file(folder / "model.safetensors").items() if short(n)})
    stored = {}
    for name, value in tensors.items():
        if value.ndim == 2 and len(value) > 2:
            scale = np.abs(value).max(axis=1, keepdims=True).astype(np.float32) / 127
            stored[name], stored[name + "!scale"] = np.clip(np.rint(value / scale), -127, 127).astype(np.int8), scale
        else:
            stored[name] = value.astype(np.float32)
    return stored


def biencoder(path):
    graph = onnx.load(path).graph
    constants = {t.name: numpy_helper.to_array(t) for t in graph.initializer}
    users = {}
    for node in graph.node:
        for name in node.input:
            users.setdefault(name, []).append(node)
    tensors = {short(n): v.astype(np.float32) for n, v in constants.items() if short(n) and v.ndim == 1}
    for name in [n for n in constants if n.endswith("_quantized")]:
        name = name.removesuffix("_quantized")
        if short(name):
            tensors[short(name)] = by_row(*(constants[name + s] for s in ("_quantized", "_scale", "_zero_point")))
    for node in graph.node:
        if node.op_type == "MatMulInteger":
            name = node.input[1].removesuffix("_quantized")
            add = node
            while add.op_type != "Add":
                add = users[add.output[0]][0]
            bias = next(i for i in add.input if i in constants)
            values, zero, scale = (constants[name + s] for s in ("_quantized", "_zero_point", "_scale"))
            tensors[short(bias.removesuffix("bias") + "weight")] = by_row(values.T, scale, zero)
    stored = {}
    for name, value in joined(tensors).items():
        if isinstance(value, tuple):
            stored[name], stored[name + "!scale"] = value
        else:
            stored[name] = value
    return stored


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--base", type=Path, required=True)
    parser.add_argument("--biencoder", action="append", required=True, metavar="NAME=DIR")
    parser.add_argument("--tokenizer", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    args = parser.parse_args()
    np.savez(args.out / "base.npz", **base(args.base))
    for item in args.biencoder:
        name, folder = item.split("=", 1)
        np.savez(args.out / f"{name}.npz", **biencoder(Path(folder) / "model.onnx"))
    vocabulary = load_tokenizer(args.tokenizer).get_vocab()
    np.save(args.out / "stop.npy", np.array(sorted(i for t, i in vocabulary.items() if t in STOP_WORDS or not any(c.isalnum() for c in t)), np.int32))


if __name__ == "__main__":
    main()
