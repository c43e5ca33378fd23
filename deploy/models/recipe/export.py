"""Step 7: the trained checkpoint as fp32 ONNX, checked against PyTorch.

    python export.py --model WORK/run/final --out WORK/export [--half]

`--half` adds `onnx/model_fp16.onnx` for GPUs, with 32-bit logits.
"""

import argparse
import json
import shutil
from pathlib import Path

import numpy as np
import onnx
import torch

from common import load_tokenizer, session

OPSET = 17


class Head(torch.nn.Module):
    def __init__(self, model, output):
        super().__init__()
        self.model, self.output = model, output

    def forward(self, input_ids, attention_mask, token_type_ids):
        # The mask as numbers to add, so that the graph does not hold the library's own way of making one.
        mask = (1.0 - attention_mask[:, None, None, :].to(torch.float32)) * -10000.0
        return getattr(self.model(input_ids=input_ids, attention_mask=mask, token_type_ids=token_type_ids), self.output)


def export_onnx(model, path, output="logits"):
    path.parent.mkdir(parents=True, exist_ok=True)
    model.eval()
    model.config._attn_implementation = "eager"
    names = ["input_ids", "attention_mask", "token_type_ids"]
    example = torch.ones(2, 16, dtype=torch.long)
    axes = {n: {0: "batch", 1: "sequence"} for n in names}
    axes[output] = {0: "batch"} if output == "logits" else {0: "batch", 1: "sequence"}
    torch.onnx.export(Head(model, output).eval(), (example, example, example * 0), str(path), input_names=names,
                      output_names=[output], dynamic_axes=axes, opset_version=OPSET, dynamo=False, do_constant_folding=True)


def check(model, path, tokenizer):
    """The largest difference between PyTorch and ONNX Runtime over lengths 3 to 512, alone and in padded batches."""
    rng = np.random.default_rng(0)
    run, worst = session(path), 0.0
    for lengths in ([3], [7], [16], [33], [64], [127], [200], [333], [511], [512], [9, 40, 128], [5, 512, 77, 300]):
        width = max(lengths)
        ids = rng.integers(1000, tokenizer.get_vocab_size(), (len(lengths), width))
        mask = (np.arange(width)[None] < np.array(lengths)[:, None]).astype(np.int64)
        ids = ids * mask
        types = (np.arange(width)[None] > width // 4).astype(np.int64) * mask
        feed = {"input_ids": ids, "attention_mask": mask, "token_type_ids": types}
        got = run.run(["logits"], feed)[0]
        with torch.no_grad():
            expected = model(**{k: torch.from_numpy(v) for k, v in feed.items()}).logits.numpy()
        assert got.shape == (len(lengths), 1)
        worst = max(worst, float(np.abs(got - expected).max()))
    return worst


def main():
    from transformers import AutoModelForSequenceClassification

    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--half", action="store_true", help="16-bit floats in a second file")
    args = parser.parse_args()
    model = AutoModelForSequenceClassification.from_pretrained(args.model, attn_implementation="eager").float().eval()
    export_onnx(model, args.out / "onnx" / "model.onnx")
    tokenizer = load_tokenizer(args.model / "tokenizer.json")
    worst = check(model, args.out / "onnx" / "model.onnx", tokenizer)
    print(f"largest difference to PyTorch: {worst:.2e}")
    assert worst < 1e-4
    if args.half:
        from onnxruntime.transformers.float16 import convert_float_to_float16

        whole = onnx.load(args.out / "onnx" / "model.onnx")
        onnx.save(convert_float_to_float16(whole, keep_io_types=True), args.out / "onnx" / "model_fp16.onnx")
    tokenizer.save(str(args.out / "tokenizer.json"))
    config = json.loads((args.model / "config.json").read_text())
    config = {k: v for k, v in config.items() if k not in ("dtype", "torch_dtype", "_name_or_path", "transformers_version")}
    config |= {"architectures": ["BertForSequenceClassification"], "id2label": {"0": "LABEL_0"}, "label2id": {"LABEL_0": 0},
               "sentence_transformers": {"activation_fn": "torch.nn.modules.activation.Sigmoid", "version": "5.0.0"}}
    (args.out / "config.json").write_text(json.dumps(config, indent=2) + "\n")
    for name in ("tokenizer_config.json", "special_tokens_map.json", "model.safetensors"):
        if (args.model / name).exists():
            shutil.copy(args.model / name, args.out / name)


if __name__ == "__main__":
    main()
