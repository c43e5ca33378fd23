"""Step 6: what distil.py wrote as a model in the Hugging Face layout.

    python assemble.py --weights ../streamrank-minilm-l6-v2/checkpoint/k0.f16 --base MODEL_DIR --scale 0.75 --bias 2 --out WORK/run/final

The checkpoint lacks the word embeddings, which training leaves alone; they are read from the base. `--scale` and `--bias` are applied
to the logit; they change no order. The floats stay those of the 16-bit file, the word embeddings those of the base in 8 bits, so that
files of every precision hold the same numbers.
"""

import argparse
import json
import shutil
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import save_file

from pack import OTHERS, PARTS, base

LONG = {short: long for long, short in PARTS.items()}


def read(weights, folder):
    """The tensors by their short names, the word embeddings among them."""
    shapes = json.loads(weights.with_suffix(".json").read_text())
    flat, tensors, start = np.fromfile(weights, dtype=np.float16).astype(np.float32), {}, 0
    for name in sorted(shapes):
        size = int(np.prod(shapes[name]))
        tensors[name] = torch.from_numpy(flat[start:start + size].reshape(shapes[name]))
        start += size
    if start != len(flat):
        raise ValueError(f"{weights} holds {len(flat)} numbers and its shapes {start}: take both from one run")
    stored = base(folder)
    return tensors | {"word": torch.from_numpy(stored["word"] * stored["word!scale"])}


def long_names(tensors):
    others = {short: "bert." + long for long, short in OTHERS.items()} | {"head_w": "classifier.weight", "head_b": "classifier.bias"}
    out = {}
    for name, value in tensors.items():
        if name in others:
            out[others[name]] = value
            continue
        layer, rest = name.split(".")
        part, kind = rest.rsplit("_", 1)
        kind = "weight" if kind == "w" else "bias"
        for short, rows in zip("qkv", value.chunk(3)) if part == "qkv" else [(part, value)]:
            out[f"bert.encoder.layer.{layer}.{LONG[short]}.{kind}"] = rows
    return {name: value.clone().contiguous() for name, value in out.items()}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--weights", type=Path, required=True)
    parser.add_argument("--base", type=Path, required=True)
    parser.add_argument("--scale", type=float, default=1.0)
    parser.add_argument("--bias", type=float, default=0.0)
    parser.add_argument("--half", action="store_true", help="16-bit floats in the file")
    parser.add_argument("--out", type=Path, required=True)
    args = parser.parse_args()
    tensors = read(args.weights, args.base)
    for name, value in (("head_w", tensors["head_w"] * args.scale), ("head_b", tensors["head_b"] * args.scale + args.bias)):
        tensors[name] = value.half().float()
    args.out.mkdir(parents=True, exist_ok=True)
    tensors = long_names(tensors)
    save_file({n: v.half() for n, v in tensors.items()} if args.half else tensors, args.out / "model.safetensors", metadata={"format": "pt"})
    config = json.loads((args.base / "config.json").read_text())
    config |= {"architectures": ["BertForSequenceClassification"], "num_labels": 1, "id2label": {"0": "LABEL_0"}, "label2id": {"LABEL_0": 0},
               "hidden_dropout_prob": 0.0, "attention_probs_dropout_prob": 0.0}
    (args.out / "config.json").write_text(json.dumps(config, indent=2) + "\n")
    for name in ("tokenizer.json", "tokenizer_config.json", "special_tokens_map.json"):
        shutil.copy(args.base / name, args.out / name)


if __name__ == "__main__":
    main()
