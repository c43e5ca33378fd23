# Copyright the StreamRank authors
# SPDX-License-Identifier: Apache-2.0
"""A Python reranker as a peer of `./streamrank benchmark --peer NAME=COMMAND`, which tells it how much to score and when.

    python peers.py torch --pairs {pairs} --model DIR
    python peers.py onnx|flashrank --pairs {pairs} --model DIR --weights FILE

DIR holds the model in the Hugging Face layout, FILE the ONNX weights. Says `ready`; then for each number that it reads
scores so many queries, the next ones in the file of pairs, and writes how far its logits were from those in the file.
"""

import argparse
import json
import os
import sys
import tempfile
from itertools import cycle, groupby
from pathlib import Path


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("peer", choices=sorted(PEERS))
    parser.add_argument("--pairs", required=True, type=Path)
    parser.add_argument("--model", required=True, type=Path)
    parser.add_argument("--weights", type=Path, help="default: onnx/model.onnx in the model's directory")
    parser.add_argument("--threads", type=int, default=os.cpu_count())
    parser.add_argument("--batch", type=int, default=32, help="CrossEncoder.predict's batch_size")
    args = parser.parse_args()
    args.weights = args.weights or args.model / "onnx" / "model.onnx"
    return args


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
    model = CrossEncoder(str(args.model), device="cpu", activation_fn=torch.nn.Identity())
    return lambda query, passages: model.predict(
        [(query, passage) for passage in passages], batch_size=args.batch, show_progress_bar=False
    ).tolist()


def onnx_cross_encoder(args):
    """sentence-transformers' CrossEncoder on its ONNX back end."""
    import onnxruntime
    import torch
    from sentence_transformers import CrossEncoder

    with tempfile.TemporaryDirectory() as folder:
        for file in args.model.iterdir():
            if file.suffix in {".json", ".txt"}:
                os.symlink(file.resolve(), Path(folder) / file.name)
        (Path(folder) / "onnx").mkdir()
        os.symlink(args.weights.resolve(), Path(folder) / "onnx" / "model.onnx")
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = args.threads
        model = CrossEncoder(
            folder,
            backend="onnx",
            device="cpu",
            activation_fn=torch.nn.Identity(),
            model_kwargs={
                "provider": "CPUExecutionProvider",
                "file_name": "onnx/model.onnx",
                "session_options": options,
                "export": False,
            },
        )
    return lambda query, passages: model.predict(
        [(query, passage) for passage in passages], batch_size=args.batch, show_progress_bar=False
    ).tolist()


def flashrank(args):
    """
    What FlashRank's Ranker.rerank does: one call of tokenizers' encode_batch, all passages of a query padded into one
    tensor, one run with ONNX Runtime's defaults. Its package only loads models from its own list.
    """
    import numpy
    import onnxruntime
    from tokenizers import Tokenizer

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = args.threads
    session = onnxruntime.InferenceSession(str(args.weights), options, providers=["CPUExecutionProvider"])
    inputs = {value.name for value in session.get_inputs()}
    tokenizer = Tokenizer.from_file(str(args.model / "tokenizer.json"))
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


PEERS = {"torch": torch_cross_encoder, "onnx": onnx_cross_encoder, "flashrank": flashrank}


def main():
    args = arguments()
    score = PEERS[args.peer](args)
    work = cycle(queries(args.pairs))
    print("ready", flush=True)
    for order in sys.stdin:
        difference = 0.0
        for _ in range(int(order)):
            query, passages, logits = next(work)
            answer = score(query, passages)
            difference = max([difference, *(abs(a - b) for a, b in zip(answer, logits, strict=True))])
        print(json.dumps({"max_difference": difference}), flush=True)


if __name__ == "__main__":
    main()
