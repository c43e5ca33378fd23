# Copyright the StreamRank authors
# SPDX-License-Identifier: Apache-2.0
"""Scores exported pairs with Python's rerankers: same weights, same pairs, same number of threads, in alternating rounds.

    python peers.py --pairs pairs.jsonl --fp32 DIR --int8 FILE [--rounds 5] [--threads 2] [--only torch,onnx,...]

DIR holds the model in the Hugging Face layout with fp32 weights for PyTorch and, under onnx/, for ONNX Runtime; FILE
is the int8 ONNX file. Prints pairs/s by the median round, and how far the logits are from ours.
"""

import argparse
import json
import os
import statistics
import tempfile
import time
from itertools import groupby
from pathlib import Path


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pairs", required=True, type=Path)
    parser.add_argument("--fp32", required=True, type=Path)
    parser.add_argument("--int8", required=True, type=Path)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--threads", type=int, default=os.cpu_count())
    parser.add_argument("--batch", type=int, default=32, help="CrossEncoder.predict's batch_size")
    parser.add_argument("--only", type=lambda text: set(text.split(",")))
    return parser.parse_args()


def queries(path):
    """[(query, [passage, ...], [logit, ...]), ...] as the benchmark exported them."""
    lines = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    grouped = []
    for _, group in groupby(lines, key=lambda line: line["query_id"]):
        rows = list(group)
        grouped.append((rows[0]["query"], [r["passage"] for r in rows], [r["logit"] for r in rows]))
    return grouped


def torch_cross_encoder(args):
    """sentence-transformers' CrossEncoder on PyTorch, fp32, a call a query."""
    import torch
    from sentence_transformers import CrossEncoder

    torch.set_num_threads(args.threads)
    model = CrossEncoder(str(args.fp32), device="cpu", activation_fn=torch.nn.Identity())
    return lambda query, passages: model.predict(
        [(query, passage) for passage in passages], batch_size=args.batch, show_progress_bar=False
    ).tolist()


def onnx_cross_encoder(args):
    """sentence-transformers' CrossEncoder on its ONNX back end, int8."""
    import onnxruntime
    import torch
    from sentence_transformers import CrossEncoder

    with tempfile.TemporaryDirectory() as folder:
        for file in args.fp32.iterdir():
            if file.suffix in {".json", ".txt"}:
                os.symlink(file.resolve(), Path(folder) / file.name)
        (Path(folder) / "onnx").mkdir()
        os.symlink(args.int8.resolve(), Path(folder) / "onnx" / "model_quantized.onnx")
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = args.threads
        model = CrossEncoder(
            folder,
            backend="onnx",
            device="cpu",
            activation_fn=torch.nn.Identity(),
            model_kwargs={
                "provider": "CPUExecutionProvider",
                "file_name": "onnx/model_quantized.onnx",
                "session_options": options,
                "export": False,
            },
        )
    return lambda query, passages: model.predict(
        [(query, passage) for passage in passages], batch_size=args.batch, show_progress_bar=False
    ).tolist()


def flashrank_loop(file):
    """
    What FlashRank's Ranker.rerank does: one call of tokenizers' encode_batch, all passages of a query padded into one
    tensor, one run with ONNX Runtime's defaults. Its package only loads models from its own list.
    """

    def make(args):
        import numpy
        import onnxruntime
        from tokenizers import Tokenizer

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = args.threads
        session = onnxruntime.InferenceSession(str(file(args)), options, providers=["CPUExecutionProvider"])
        inputs = {value.name for value in session.get_inputs()}
        tokenizer = Tokenizer.from_file(str(args.fp32 / "tokenizer.json"))
        tokenizer.enable_truncation(max_length=512)
        tokenizer.enable_padding()

        def score(query, passages):
            encoded = tokenizer.encode_batch([(query, passage) for passage in passages])
            feed = {
                "input_ids": numpy.array([e.ids for e in encoded], dtype=numpy.int64),
                "attention_mask": numpy.array([e.attention_mask for e in encoded], dtype=numpy.int64),
                "token_type_ids": numpy.array([e.type_ids for e in encoded], dtype=numpy.int64),
            }
            return session.run(None, {name: feed[name] for name in inputs})[0].reshape(-1).tolist()

        return score

    return make


PEERS = {
    "torch": ("sentence-transformers, PyTorch fp32", torch_cross_encoder),
    "onnx": ("sentence-transformers, ONNX int8", onnx_cross_encoder),
    "flashrank-fp32": ("FlashRank's loop, fp32", flashrank_loop(lambda args: args.fp32 / "onnx" / "model.onnx")),
    "flashrank-int8": ("FlashRank's loop, int8", flashrank_loop(lambda args: args.int8)),
}


def main():
    args = arguments()
    work = queries(args.pairs)
    count = sum(len(passages) for _, passages, _ in work)
    peers = {}
    for key, (name, make) in PEERS.items():
        if args.only and key not in args.only:
            continue
        try:
            peers[name] = make(args)
            peers[name](work[0][0], work[0][1])
        except Exception as problem:  # a peer that is not installed should not stop the others
            print(f"{name}: left out, {type(problem).__name__}: {str(problem).splitlines()[0]}")
            peers.pop(name, None)
    rates = {name: [] for name in peers}
    apart = dict.fromkeys(peers, 0.0)
    for _ in range(args.rounds):
        for name, score in peers.items():
            started = time.perf_counter()
            answers = [score(query, passages) for query, passages, _ in work]
            rates[name].append(count / (time.perf_counter() - started))
            for answer, (_, _, logits) in zip(answers, work):
                apart[name] = max([apart[name], *(abs(a - b) for a, b in zip(answer, logits))])
    print(f"{count} pairs, {args.threads} threads, {args.rounds} rounds")
    for name in peers:
        print(f"{name:<40} {statistics.median(rates[name]):9.1f} pairs/s   max |logit - ours| {apart[name]:.4f}")


if __name__ == "__main__":
    main()
