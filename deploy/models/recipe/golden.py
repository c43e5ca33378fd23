"""Golden files for the Java tests: scores, pair encodings and embeddings from the reference implementations.

    python golden.py --model WORK/export --int8 ../streamrank-minilm-l6-v2 --out ../golden \
        --biencoder bge-small-en-v1.5=DIR --biencoder all-minilm-l6-v2=DIR

`logit_int8` is the shipped file's, one pair a run; `logit` is that of sentence-transformers' CrossEncoder with the
fp32 weights. Of a split model give `--model WORK/split`: then `logit` is that of its single graph. int8 figures hold on CPUs with VNNI to about 1e-3: another kernel rounds differently.
"""

import argparse
from pathlib import Path

import numpy as np
import torch

from common import BiEncoder, load_tokenizer, session, write_jsonl
from tiny import PAIRS as ODD_PAIRS

PAIRS = ODD_PAIRS + [
    ("how to renew a passport", "To renew a passport, fill in the form, add a recent photo and pay the fee at a post office."),
    ("how to renew a passport", "The passport index ranks countries by the number of places their citizens may enter without a visa."),
    ("how to renew a passport", "Marinate the chicken overnight and grill it over medium heat."),
    ("what causes tides", "Tides are caused by the gravitational pull of the moon and, to a lesser degree, of the sun."),
    ("what causes tides", "High tide at the harbour is at 14:20; boats with a deep keel should wait."),
    ("super hero mystery movie about bats", "The Night Watcher: A billionaire in a bat costume hunts a killer who leaves riddles at each crime scene."),
    ("super hero mystery movie about bats", "Spring Picnic: Two families share a meadow, a dog and a misunderstanding."),
    ("python read file line by line", "def lines(path):\n    with open(path) as f:\n        for line in f:\n            yield line.rstrip('\\n')"),
    ("undo the last commit but keep the changes", "git reset: Undo commits or unstage changes. Example: git reset --soft HEAD~1"),
    ("is a tomato a fruit", "Botanically a tomato is a berry, so a fruit; in the kitchen it is treated as a vegetable. " * 30),
]
TEXTS = ["how to renew a passport", "To renew a passport, fill in the form and pay the fee.", "", "tides", "café Zürich 火",
         "super hero mystery movie about bats", "The Night Watcher: a billionaire in a bat costume hunts a killer.",
         "def lines(path):\n    return open(path).read().splitlines()", "naïve 😀 test — with dashes…",
         "a long text about the sea and the ships that cross it " * 60]


def split_rows(model, shipped):
    """The pairs of a split model, each text cut for itself."""
    from bert import CLS, OFFSET, QUERY_PART, SEP
    from split import Parts, encoded

    tokenizer, single = load_tokenizer(shipped / "tokenizer.json"), session(model / "onnx" / "model.onnx")
    fp32 = Parts(model / "onnx" / "encoder.onnx", model / "onnx" / "joint.onnx")
    int8 = Parts(shipped / "onnx" / "encoder_int8.onnx", shipped / "onnx" / "joint_int8.onnx")
    rows, worst = [], 0.0
    for query, text in PAIRS:
        q, d = (tokenizer.encode(t, add_special_tokens=False).ids for t in (query, text))
        q, d = [CLS] + q[:QUERY_PART - 2] + [SEP], d[:512 - OFFSET - 1] + [SEP]
        feed = dict(zip(("input_ids", "attention_mask", "token_type_ids"), encoded(np.array(q), np.array(d))))
        logit = float(single.run(["logits"], feed)[0][0, 0])
        worst = max(worst, abs(logit - fp32.score(q, d)))
        row = {"query": query, "text": text, "logit": round(logit, 6), "logit_int8": round(int8.score(q, d), 6), "tokens": len(q) + len(d)}
        if row["tokens"] < 60:
            row["input_ids"], row["token_type_ids"] = q + d, [0] * len(q) + [1] * len(d)
        rows.append(row)
    return rows, worst


def rows_of(model, shipped):
    if (shipped / "onnx" / "encoder_int8.onnx").exists():
        return split_rows(model, shipped)
    from sentence_transformers import CrossEncoder

    reference = CrossEncoder(str(model), max_length=512)
    tokenizer = load_tokenizer(shipped / "tokenizer.json")
    int8, fp32 = session(shipped / "onnx" / "model_int8.onnx"), session(model / "onnx" / "model.onnx")
    rows, worst = [], 0.0
    for query, text in PAIRS:
        tokenizer.enable_truncation(512, strategy="longest_first")
        e = tokenizer.encode(query, text)
        ids = np.array([e.ids], dtype=np.int64)
        feed = {"input_ids": ids, "attention_mask": np.ones_like(ids), "token_type_ids": np.array([e.type_ids], dtype=np.int64)}
        logit = float(reference.predict([(query, text)], activation_fn=torch.nn.Identity())[0])
        worst = max(worst, abs(logit - float(fp32.run(["logits"], feed)[0][0, 0])))
        row = {"query": query, "text": text, "logit": round(logit, 6),
               "logit_int8": round(float(int8.run(["logits"], feed)[0][0, 0]), 6), "tokens": len(e.ids)}
        tokenizer.no_truncation()
        whole = len(tokenizer.encode(query, text).ids)
        if whole > 512:
            row["untruncated_tokens"] = whole
            for strategy in ("longest_first", "only_second"):
                try:
                    tokenizer.enable_truncation(512, strategy=strategy)
                    cut = tokenizer.encode(query, text)
                    row[strategy] = {"input_ids": cut.ids, "token_type_ids": cut.type_ids}
                except Exception as failure:  # a query that alone exceeds the limit cannot be cut "only_second"
                    row[strategy] = {"error": str(failure)}
        elif whole < 60:
            row["input_ids"], row["token_type_ids"] = e.ids, e.type_ids
        rows.append(row)
    return rows, worst


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", type=Path, required=True, help="folder written by export.py, with the PyTorch weights")
    parser.add_argument("--int8", type=Path, required=True, help="the shipped folder")
    parser.add_argument("--biencoder", action="append", default=[], help="KIND=DIR")
    parser.add_argument("--out", type=Path, required=True)
    args = parser.parse_args()
    rows, worst = rows_of(args.model, args.int8)
    assert worst < 1e-4, worst
    write_jsonl(args.out / "scores.jsonl", rows)
    vectors = []
    for item in args.biencoder:
        kind, folder = item.split("=", 1)
        encoder = BiEncoder(folder, kind, workers=1)
        for query in (True, False) if encoder.prefix else (False,):
            for text, vector in zip(TEXTS, encoder.encode(TEXTS, queries=query)):
                vectors.append({"model": kind, "query": query, "text": text, "embedding": [round(float(x), 6) for x in vector]})
    if vectors:
        write_jsonl(args.out / "embeddings.jsonl", vectors)
    print(f"{len(rows)} pairs, fp32 ONNX within {worst:.1e} of the reference; {len(vectors)} embeddings")


if __name__ == "__main__":
    main()
