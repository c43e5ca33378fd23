"""Steps 7 and 8 of a split model: the graphs that read each text once, and the single graph they must agree with.

    python split.py --weights WORK/weights/k4.f16 --layers 4 --base MODEL_DIR --scale 0.75 --bias 2 --out WORK/split [--half] [--measure]

In a split model (bert.py) the lowest layers see query and document apart, so that each part can be computed once and kept:

    onnx/encoder.onnx   the embeddings and the lowest layers, over a query or over a document
    onnx/joint.onnx     the upper layers and the head, over the states of both
    onnx/model.onnx     the whole as one graph of standard operators, with the block mask inside: for other programs, and for GPUs

`…_int8` of the first two are for CPUs: int8 weights of seven bits, activations quantised at run time, and a document's states kept as int8 with a
scale for each token. All three agree within 1e-4 in fp32, or this fails.
"""

import argparse
import json
import time
from pathlib import Path

import numpy as np
import onnx
import torch
from onnx import TensorProto, helper, numpy_helper
from onnxruntime.quantization import QuantType

from assemble import long_names, read
from bert import OFFSET, QUERY_PART
from common import load_tokenizer, session
from export import OPSET
from lean import MICROSOFT
from quantise import dynamic

LENGTHS = [(2, 1), (3, 2), (12, 66), (5, 200), (128, 480), (40, 33), (128, 1), (2, 480)]


class Graph:
    """Makes a graph of one pair a run: every value is [1, tokens, width]."""

    def __init__(self, tensors, heads):
        self.tensors, self.heads = tensors, heads
        self.nodes, self.constants, self.known = [], [], set()

    def constant(self, name, value):
        if name not in self.known:
            self.known.add(name)
            self.constants.append(numpy_helper.from_array(np.ascontiguousarray(value), name))
        return name

    def weight(self, name, value=None):
        return self.constant(name, (self.tensors[name] if value is None else value).numpy())

    def put(self, kind, inputs, output, domain="", **attributes):
        self.nodes.append(helper.make_node(kind, inputs, [output], name=output, domain=domain, **attributes))
        return output

    def product(self, x, name, rows=None, label=None):
        """x times the transposed rows of a matrix; without its bias."""
        matrix = self.tensors[f"{name}_w"] if rows is None else self.tensors[f"{name}_w"][rows]
        label = label or name
        return self.put("MatMul", [x, self.weight(f"{label}_matrix", matrix.T.contiguous())], f"{label}_product")

    def after(self, x, residual, norm, bias):
        """The norm of x, its bias and the residual."""
        return self.put("SkipLayerNormalization", [x, residual, self.weight(f"{norm}_w"), self.weight(f"{norm}_b"), self.weight(bias)],
                        f"{norm}_normed", domain=MICROSOFT, epsilon=1e-12)

    def embeddings(self):
        found = [self.put("Gather", [self.weight(table), ids], f"{table}_rows")
                 for table, ids in (("word", "input_ids"), ("type", "token_type_ids"), ("pos", "position_ids"))]
        beside = self.put("Add", found[1:], "type_and_position")
        return self.put("SkipLayerNormalization", [found[0], beside, self.weight("eln_w"), self.weight("eln_b")], "embedded",
                        domain=MICROSOFT, epsilon=1e-12)

    def layer(self, i, x, first_only=False):
        width = self.tensors["eln_w"].shape[0]
        asking = self.first(x, f"{i}_first") if first_only else x
        q, k, v = (self.product(asking if part == 0 else x, f"{i}.qkv", slice(part * width, (part + 1) * width), f"{i}.{'qkv'[part]}") for part in range(3))
        context = self.put("MultiHeadAttention", [q, k, v, self.weight(f"{i}.qkv_b")], f"{i}_context", domain=MICROSOFT, num_heads=self.heads)
        h = self.after(self.product(context, f"{i}.out"), asking, f"{i}.n1", f"{i}.out_b")
        up = self.put("Add", [self.product(h, f"{i}.up"), self.weight(f"{i}.up_b")], f"{i}_up")
        return self.after(self.product(self.put("Gelu", [up], f"{i}_gelu", domain=MICROSOFT), f"{i}.down"), h, f"{i}.n2", f"{i}.down_b")

    def first(self, x, name):
        bounds = [self.constant(f"first_{end}", np.array([at], np.int64)) for end, at in (("begin", 0), ("end", 1), ("axis", 1))]
        return self.put("Slice", [x, *bounds], name)

    def head(self, x):
        vector = self.put("Squeeze", [x, self.constant("token_axis", np.array([1], np.int64))], "vector")
        pooled = self.put("Gemm", [vector, self.weight("pool_w"), self.weight("pool_b")], "pool", transB=1)
        return self.put("Gemm", [self.put("Tanh", [pooled], "pooled"), self.weight("head_w"), self.weight("head_b")], "logits", transB=1)

    def quantise_rows(self, x):
        """Of each token the states in 127ths of the largest, and that."""
        largest = self.put("ReduceMax", [self.put("Abs", [x], "sizes")], "largest", axes=[-1], keepdims=1)
        self.put("Div", [largest, self.constant("steps", np.array(127, np.float32))], "scales")
        whole = self.put("Round", [self.put("Div", [x, "scales"], "in_steps")], "rounded")
        self.put("Cast", [whole], "states_int8", to=TensorProto.INT8)

    def model(self, inputs, outputs):
        def values(described):
            return [helper.make_tensor_value_info(name, kind, shape) for name, (kind, shape) in described.items()]

        graph = helper.make_graph(self.nodes, "split", values(inputs), values(outputs), self.constants)
        made = helper.make_model(graph, opset_imports=[helper.make_opsetid("", OPSET), helper.make_opsetid(MICROSOFT, 1)])
        made.ir_version = 8
        return made


def encoder(tensors, split, heads, kept_int8):
    graph = Graph(tensors, heads)
    width = tensors["eln_w"].shape[0]
    x = graph.embeddings()
    for i in range(split):
        x = graph.layer(i, x)
    graph.put("Identity", [x], "states")
    outputs = {"states": (TensorProto.FLOAT, [1, "tokens", width])}
    if kept_int8:
        graph.quantise_rows(x)
        outputs |= {"states_int8": (TensorProto.INT8, [1, "tokens", width]), "scales": (TensorProto.FLOAT, [1, "tokens", 1])}
    ids = (TensorProto.INT64, [1, "tokens"])
    return graph.model({"input_ids": ids, "token_type_ids": ids, "position_ids": ids}, outputs)


def joint(tensors, split, heads, kept_int8):
    graph = Graph(tensors, heads)
    width, layers = tensors["eln_w"].shape[0], 1 + max(int(n.split(".")[0]) for n in tensors if n[0].isdigit())
    inputs = {"query_states": (TensorProto.FLOAT, [1, "query", width])}
    if kept_int8:
        inputs |= {"document_states_int8": (TensorProto.INT8, [1, "document", width]), "document_scales": (TensorProto.FLOAT, [1, "document", 1])}
        document = graph.put("Mul", [graph.put("Cast", ["document_states_int8"], "in_steps", to=TensorProto.FLOAT), "document_scales"], "document_states")
    else:
        document = "document_states"
        inputs[document] = (TensorProto.FLOAT, [1, "document", width])
    x = graph.put("Concat", ["query_states", document], "pair", axis=1)
    for i in range(split, layers):
        x = graph.layer(i, x, first_only=i == layers - 1)
    graph.head(x)
    return graph.model(inputs, {"logits": (TensorProto.FLOAT, [1, 1])})


class Masked(torch.nn.Module):
    """A plain cross-encoder with the block mask and the positions of a split model; padding on the right."""

    def __init__(self, model, split):
        super().__init__()
        self.model, self.split = model, split

    def forward(self, input_ids, attention_mask, token_type_ids):
        bert = self.model.bert
        place = torch.arange(input_ids.shape[1], device=input_ids.device)[None]
        of_query = ((1 - token_type_ids) * attention_mask).sum(1, keepdim=True)
        positions = (place + token_type_ids * (OFFSET - of_query)).clamp(0, bert.config.max_position_embeddings - 1)
        there = attention_mask[:, None, None, :].to(torch.float32)
        same = 1.0 - (token_type_ids[:, :, None] - token_type_ids[:, None, :]).abs()[:, None].to(torch.float32)
        apart, together = (there * same - 1.0) * 10000.0, (there - 1.0) * 10000.0
        x = bert.embeddings(input_ids=input_ids, token_type_ids=token_type_ids, position_ids=positions)
        for i, layer in enumerate(bert.encoder.layer):
            x = layer(x, apart if i < self.split else together)
            x = x[0] if isinstance(x, tuple) else x
        return self.model.classifier(bert.pooler(x))


def single(tensors, config, split):
    """The plain cross-encoder in PyTorch."""
    from transformers import BertConfig, BertForSequenceClassification

    model = BertForSequenceClassification(BertConfig(**config, num_labels=1, hidden_dropout_prob=0.0, attention_probs_dropout_prob=0.0,
                                                     attn_implementation="eager")).eval()
    missing = model.load_state_dict(long_names(tensors), strict=False)
    if missing.unexpected_keys or any("position_ids" not in n for n in missing.missing_keys):
        raise ValueError(f"the checkpoint does not fit: {missing}")
    return Masked(model, split).eval()


def export_single(model, path):
    ids, mask, types = encoded(np.arange(7), np.arange(9))
    names = ["input_ids", "attention_mask", "token_type_ids"]
    axes = {n: {0: "batch", 1: "sequence"} for n in names} | {"logits": {0: "batch"}}
    example = tuple(torch.from_numpy(np.repeat(x, 2, 0)) for x in (ids, mask, types))
    torch.onnx.export(model, example, str(path), input_names=names, output_names=["logits"], dynamic_axes=axes, opset_version=OPSET, dynamo=False,
                      do_constant_folding=True)


def encoded(query, document):
    """Inputs of the single graph for the ids of both parts."""
    ids = np.concatenate([query, document])[None].astype(np.int64)
    return ids, np.ones_like(ids), (np.arange(ids.shape[1]) >= len(query)).astype(np.int64)[None]


class Parts:
    """Runs the two graphs as the job does."""

    def __init__(self, encoder_file, joint_file):
        self.encoder, self.joint = session(encoder_file), session(joint_file)
        self.outputs = [o.name for o in self.encoder.get_outputs()]

    def states(self, ids, document):
        ids = np.asarray(ids, np.int64)[None]
        feed = {"input_ids": ids, "token_type_ids": np.full_like(ids, int(document)), "position_ids": np.arange(ids.shape[1])[None] + OFFSET * document}
        return dict(zip(self.outputs, self.encoder.run(self.outputs, feed)))

    def logit(self, query, document):
        known = {f"query_{n}": v for n, v in query.items()} | {f"document_{n}": v for n, v in document.items()}
        return float(self.joint.run(["logits"], {i.name: known[i.name] for i in self.joint.get_inputs()})[0][0, 0])

    def score(self, query, document):
        return self.logit(self.states(query, False), self.states(document, True))


def check(model, single_file, parts, vocabulary):
    """The largest differences of the single graph and of the two graphs to PyTorch."""
    rng, run, worst = np.random.default_rng(0), session(single_file), [0.0, 0.0]
    low = min(1000, vocabulary // 2)
    for of_query, of_document in LENGTHS:
        query, document = (rng.integers(low, vocabulary, n) for n in (of_query, of_document))
        ids, mask, types = encoded(query, document)
        with torch.no_grad():
            expected = float(model(*(torch.from_numpy(x) for x in (ids, mask, types)))[0, 0])
        padded = [np.pad(x, ((0, 1), (0, 9))) for x in (ids, mask, types)]
        padded[1][1], padded[2][1, 3:] = 1, 1
        for feed in ((ids, mask, types), padded):
            got = run.run(["logits"], dict(zip(("input_ids", "attention_mask", "token_type_ids"), feed)))[0][0, 0]
            worst[0] = max(worst[0], abs(float(got) - expected))
        worst[1] = max(worst[1], abs(parts.score(query, document) - expected))
    return worst


def write(tensors, config, split, heads, out, half=False):
    """All graphs of a split model; returns the plain cross-encoder in PyTorch."""
    folder = out / "onnx"
    folder.mkdir(parents=True, exist_ok=True)
    for name, make in (("encoder", encoder), ("joint", joint)):
        onnx.save(make(tensors, split, heads, False), folder / f"{name}.onnx")
        onnx.save(make(tensors, split, heads, True), folder / f"{name}_int8.onnx")
        dynamic(folder / f"{name}_int8.onnx", folder / f"{name}_int8.onnx", QuantType.QInt8, seven_bits=True)
    model = single(tensors, config, split)
    export_single(model, folder / "model.onnx")
    worst = check(model, folder / "model.onnx", Parts(folder / "encoder.onnx", folder / "joint.onnx"), config["vocab_size"])
    print(f"largest difference to PyTorch: one graph {worst[0]:.1e}, two graphs {worst[1]:.1e}")
    assert max(worst) < 1e-4
    if half:
        from onnxruntime.transformers.float16 import convert_float_to_float16

        onnx.save(convert_float_to_float16(onnx.load(folder / "model.onnx"), keep_io_types=True), folder / "model_fp16.onnx")
    return model


def settings(split):
    """What config.json says of a split model: the job needs it for either form of the graph."""
    return {"split_layers": split, "split_query_tokens": QUERY_PART, "split_document_position": OFFSET}


def measure(folder, whole):
    """Milliseconds of one thread for a pair of 12 and 66 tokens, in turns: whole, joint part alone, both parts and the query kept."""
    rng = np.random.default_rng(0)
    parts = Parts(folder / "encoder_int8.onnx", folder / "joint_int8.onnx")
    run = session(whole)
    for of_query, of_document in ((12, 66), (12, 150), (12, 300)):
        query, document = rng.integers(1000, 30000, of_query), rng.integers(1000, 30000, of_document)
        feed = dict(zip(("input_ids", "attention_mask", "token_type_ids"), encoded(query, document)))
        q, d = parts.states(query, False), parts.states(document, True)
        work = {"whole": lambda: run.run(["logits"], feed), "joint": lambda: parts.logit(q, d),
                "document": lambda: parts.states(document, True), "query": lambda: parts.states(query, False)}
        best = dict.fromkeys(work, float("inf"))
        for _ in range(60):
            for name, call in work.items():
                began = time.perf_counter()
                call()
                best[name] = min(best[name], time.perf_counter() - began)
        ms = {n: 1000 * s for n, s in best.items()}
        print(f"{of_query} + {of_document} tokens: " + ", ".join(f"{n} {v:.2f} ms" for n, v in ms.items())
              + f"; known document {ms['whole'] / ms['joint']:.2f} times as fast, new document {ms['whole'] / (ms['joint'] + ms['document']):.2f}", flush=True)


def main():
    import shutil

    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--weights", type=Path, required=True)
    parser.add_argument("--layers", type=int, required=True, help="the lowest layers that see query and document apart")
    parser.add_argument("--base", type=Path, required=True)
    parser.add_argument("--scale", type=float, default=1.0)
    parser.add_argument("--bias", type=float, default=0.0)
    parser.add_argument("--half", action="store_true", help="adds onnx/model_fp16.onnx, for GPUs")
    parser.add_argument("--measure", type=Path, help="an int8 file of an unsplit model to compare the speed with")
    parser.add_argument("--out", type=Path, required=True)
    args = parser.parse_args()
    tensors = read(args.weights, args.base)
    for name, value in (("head_w", tensors["head_w"] * args.scale), ("head_b", tensors["head_b"] * args.scale + args.bias)):
        tensors[name] = value.half().float()
    base = json.loads((args.base / "config.json").read_text())
    shape = {k: base[k] for k in ("vocab_size", "hidden_size", "num_hidden_layers", "num_attention_heads", "intermediate_size", "max_position_embeddings",
                                  "layer_norm_eps", "type_vocab_size", "hidden_act", "pad_token_id") if k in base}
    model = write(tensors, shape, args.layers, shape["num_attention_heads"], args.out, args.half)
    config = {k: v for k, v in base.items() if k not in ("dtype", "torch_dtype", "_name_or_path", "transformers_version")}
    config |= {"architectures": ["BertForSequenceClassification"], "id2label": {"0": "LABEL_0"}, "label2id": {"LABEL_0": 0},
                      "hidden_dropout_prob": 0.0, "attention_probs_dropout_prob": 0.0,
                      "sentence_transformers": {"activation_fn": "torch.nn.modules.activation.Sigmoid", "version": "5.0.0"}} | settings(args.layers)
    (args.out / "config.json").write_text(json.dumps(config, indent=2) + "\n")
    load_tokenizer(args.base / "tokenizer.json").save(str(args.out / "tokenizer.json"))
    for name in ("tokenizer_config.json", "special_tokens_map.json"):
        shutil.copy(args.base / name, args.out / name)
    compare(model, args.out / "onnx", shape["vocab_size"])
    if args.measure:
        measure(args.out / "onnx", args.measure)


def compare(model, folder, vocabulary):
    """How far int8 is from fp32 over random pairs, and how much of that is due to the document's kept states."""
    rng, whole, mixed = np.random.default_rng(1), Parts(folder / "encoder_int8.onnx", folder / "joint_int8.onnx"), Parts(folder / "encoder.onnx", folder / "joint.onnx")
    int8, kept = [], []
    for _ in range(30):
        query, document = (rng.integers(min(1000, vocabulary // 2), vocabulary, n) for n in (rng.integers(4, 20), rng.integers(10, 200)))
        with torch.no_grad():
            exact = float(model(*(torch.from_numpy(x) for x in encoded(query, document)))[0, 0])
        int8.append(abs(whole.score(query, document) - exact))
        states = mixed.states(document, True)
        scales = np.abs(states["states"]).max(-1, keepdims=True) / 127
        states["states"] = np.rint(states["states"] / scales) * scales
        kept.append(abs(mixed.logit(mixed.states(query, False), states) - exact))
    print(f"mean and largest difference of the logit to fp32: int8 {np.mean(int8):.3f} {max(int8):.3f}; kept states alone {np.mean(kept):.4f} {max(kept):.4f}")
    for file in sorted(folder.iterdir()):
        print(f"{file.name:20s} {file.stat().st_size / 1e6:6.1f} MB")


if __name__ == "__main__":
    main()
