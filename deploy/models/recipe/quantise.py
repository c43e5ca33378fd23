"""Step 8: the int8 file, and what each way of making it costs.

    python quantise.py --model WORK/export --out WORK/int8            # all variants
    python quantise.py --model WORK/export --out WORK/int8 --measure  # and their speed and batch invariance

Variants: `dynamic-*` quantise activations with one scale per tensor and run (so a score depends on its batch);
`blocks-N` store weights as 8-bit blocks of N and quantise activations per row and block (so it does not); `*-lean` have
the graph of lean.py, `*-fused` what ONNX Runtime's own optimiser makes of the export.
"""

import argparse
import time
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper
from onnxruntime.quantization import QuantType

from common import session
from lean import lean


def fuse(source, target, heads, hidden, attention):
    """ONNX Runtime's own fusions: GELU, layer norm with its residual and, if asked, attention."""
    from onnxruntime.transformers import optimizer
    from onnxruntime.transformers.fusion_options import FusionOptions

    options = FusionOptions("bert")
    options.enable_embed_layer_norm = False
    options.enable_attention = attention
    options.enable_gelu_approximation = False
    # Its int32 mask input would change the meaning of other graph parts; the raw mask is kept.
    options.use_raw_attention_mask(True)
    fused = optimizer.optimize_model(str(source), model_type="bert", num_heads=heads, hidden_size=hidden,
                                     optimization_options=options, opt_level=0)
    fused.save_model_to_file(str(target))
    return {n.op_type for n in fused.model.graph.node}


def quantise_embeddings(model):
    """The word embeddings as int8 rows, one scale a row."""
    graph = model.graph
    tables = {t.name: t for t in graph.initializer}
    for node in list(graph.node):
        if node.op_type != "Gather" or node.input[0] not in tables:
            continue
        table = numpy_helper.to_array(tables[node.input[0]])
        if table.ndim != 2 or table.shape[0] < 10000:
            continue
        scale = np.abs(table).max(axis=1, keepdims=True).astype(np.float32) / 127
        scale[scale == 0] = 1
        rows = np.clip(np.rint(table / scale), -127, 127).astype(np.int8)
        name, ids, output = node.input[0], node.input[1], node.output[0]
        graph.initializer.remove(tables[name])
        graph.initializer.extend([numpy_helper.from_array(rows, name + "_int8"), numpy_helper.from_array(scale, name + "_scale")])
        at = list(graph.node).index(node)
        graph.node.remove(node)
        for i, new in enumerate([
                helper.make_node("Gather", [name + "_int8", ids], [output + "_rows"], axis=0),
                helper.make_node("Cast", [output + "_rows"], [output + "_float"], to=TensorProto.FLOAT),
                helper.make_node("Gather", [name + "_scale", ids], [output + "_scales"], axis=0),
                helper.make_node("Mul", [output + "_float", output + "_scales"], [output])]):
            graph.node.insert(at + i, new)


def dynamic(source, target, weight_type, seven_bits=False):
    """Quantises the weights. With seven bits sums of products do not saturate on CPUs without VNNI, so all CPUs give the same."""
    from onnxruntime.quantization import quantize_dynamic

    quantize_dynamic(str(source), str(target), per_channel=True, reduce_range=seven_bits, op_types_to_quantize=["MatMul", "Attention"],
                     weight_type=weight_type, extra_options={"MatMulConstBOnly": True, "DefaultTensorType": onnx.TensorProto.FLOAT})
    model = onnx.load(str(target))
    quantise_embeddings(model)
    onnx.save(model, str(target))


def lean_dynamic(source, target, weight_type):
    dynamic(source, target, weight_type)
    onnx.save(lean(onnx.load(str(target))), str(target))


def blocks(source, target, size, exclude=()):
    from onnxruntime.quantization.matmul_nbits_quantizer import MatMulNBitsQuantizer

    model = onnx.load(str(source))
    excluded = [n.name for n in model.graph.node if n.op_type == "MatMul" and any(e in n.name for e in exclude)]
    quantiser = MatMulNBitsQuantizer(model, bits=8, block_size=size, is_symmetric=True, accuracy_level=4,
                                     nodes_to_exclude=excluded)
    quantiser.process()
    model = quantiser.model.model
    if not exclude:
        quantise_embeddings(model)
    onnx.save(model, str(target))


def hybrid(source, target, size):
    """Blocks where activations have outliers, behind the GELU and behind attention; dynamic elsewhere."""
    blocks(source, target, size, exclude=("query", "key", "value", "intermediate"))
    dynamic(target, target, QuantType.QInt8)


def feed(batch, length, rng):
    ids = rng.integers(1000, 30000, (batch, length))
    return {"input_ids": ids, "attention_mask": np.ones_like(ids), "token_type_ids": (np.arange(length) > 12).astype(np.int64)[None].repeat(batch, 0)}


def measure(path):
    """Tokens a second of one thread at several shapes, and how far a padded batch moves a logit."""
    run, rng = session(path), np.random.default_rng(0)
    speeds = []
    for batch in (1, 8):
        for length in (16, 32, 64, 128, 256):
            f = feed(batch, length, rng)
            run.run(None, f)
            best = 0.0
            for _ in range(3):
                began, n = time.perf_counter(), 0
                while time.perf_counter() - began < 0.15:
                    run.run(None, f)
                    n += 1
                best = max(best, n * batch * length / (time.perf_counter() - began))
            speeds.append(f"{best:6.0f}")
    moved = 0.0
    for _ in range(5):
        f = feed(8, 96, rng)
        lengths = rng.integers(20, 97, 8)
        f["attention_mask"] = (np.arange(96)[None] < lengths[:, None]).astype(np.int64)
        f = {k: v * f["attention_mask"] for k, v in f.items()}
        together = run.run(None, f)[0][:, 0]
        for i, n in enumerate(lengths):
            alone = run.run(None, {k: v[i:i + 1, :n] for k, v in f.items()})[0][0, 0]
            moved = max(moved, abs(float(together[i] - alone)))
    print(f"{path.stem:28s} {path.stat().st_size / 1e6:6.1f} MB  {' '.join(speeds)}  moved {moved:.5f}", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", type=Path, required=True, help="folder written by export.py")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--only", nargs="*", help="names of variants; all without it")
    parser.add_argument("--measure", action="store_true")
    args = parser.parse_args()
    args.out.mkdir(parents=True, exist_ok=True)
    plain = args.model / "onnx" / "model.onnx"
    whole, partly = args.out / "fp32-fused.onnx", args.out / "fp32-fused-no-attention.onnx"
    print("fused:", sorted(fuse(plain, whole, 12, 384, True)))
    fuse(plain, partly, 12, 384, False)
    variants = {
        "dynamic-s8-lean": lambda t: lean_dynamic(plain, t, QuantType.QInt8),
        "dynamic-s8": lambda t: dynamic(plain, t, QuantType.QInt8),
        "dynamic-u8": lambda t: dynamic(plain, t, QuantType.QUInt8),
        "dynamic-s8-fused": lambda t: dynamic(whole, t, QuantType.QInt8),
        "dynamic-s8-fused-no-attention": lambda t: dynamic(partly, t, QuantType.QInt8),
        "blocks-32": lambda t: blocks(partly, t, 32),
        "blocks-64": lambda t: blocks(partly, t, 64),
        "hybrid-64": lambda t: hybrid(partly, t, 64),
        "blocks-128": lambda t: blocks(partly, t, 128),
    }
    for name, make in variants.items():
        if not args.only or name in args.only:
            make(args.out / f"{name}.onnx")
    if args.measure:
        print("tokens/s of one thread: batch 1 at lengths 16 32 64 128 256, then batch 8 at the same")
        for path in [plain, whole, partly] + [args.out / f"{name}.onnx" for name in variants]:
            if path.exists():
                measure(path)


if __name__ == "__main__":
    main()
