"""What the steps of the recipe share: files, the bi-encoder, measures."""

import hashlib
import json
import math
import re
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np

# How each bi-encoder wants its texts: (pooling, query prefix).
BI_ENCODERS = {
    "bge-small-en-v1.5": ("cls", "Represent this sentence for searching relevant passages: "),
    "all-minilm-l6-v2": ("mean", ""),
}

STOP_WORDS = frozenset("""a an and are as at be but by for from had has have he her his how i if in into is it its me my no
not of on or our she so such that the their then there these they this to was we were what when where which who why will
with would you your do does did can""".split())


def read_jsonl(path):
    with open(path, encoding="utf-8") as lines:
        return [json.loads(line) for line in lines if line.strip()]


def write_jsonl(path, rows):
    with open(path, "w", encoding="utf-8") as out:
        for row in rows:
            out.write(json.dumps(row, ensure_ascii=False) + "\n")


def fold(text):
    """The text as compared for equality: case, punctuation and spacing do not count."""
    return re.sub(r"[\W_]+", " ", text.lower()).strip()


def digest(text):
    return hashlib.sha1(fold(text).encode()).hexdigest()


def join_title(title, text, separator=" "):
    return f"{title}{separator}{text}" if title else text


def load_tokenizer(path):
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(str(path))
    tokenizer.no_padding()
    tokenizer.no_truncation()
    return tokenizer


def session(path, threads=1):
    import onnxruntime as ort

    options = ort.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    return ort.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])


class BiEncoder:
    """An ONNX sentence embedder: `model.onnx` and `tokenizer.json` in one folder.

    One text per run: dynamic int8 quantisation takes its scales from the whole batch, so only then is a
    vector independent of its neighbours.
    """

    def __init__(self, folder, kind, max_length=512, workers=2):
        folder = Path(folder)
        self.pooling, self.prefix = BI_ENCODERS[kind]
        self.tokenizer = load_tokenizer(folder / "tokenizer.json")
        self.tokenizer.enable_truncation(max_length)
        model = next(p for p in (folder / "model.onnx", folder / "onnx" / "model.onnx") if p.exists())
        self.session = session(model)
        self.inputs = {i.name for i in self.session.get_inputs()}
        self.output = self.session.get_outputs()[0].name
        self.workers = workers

    def _one(self, ids):
        ids = np.array([ids], dtype=np.int64)
        feed = {"input_ids": ids, "attention_mask": np.ones_like(ids), "token_type_ids": np.zeros_like(ids)}
        states = self.session.run([self.output], {k: v for k, v in feed.items() if k in self.inputs})[0][0]
        vector = states[0] if self.pooling == "cls" else states.mean(axis=0)
        return vector / np.linalg.norm(vector)

    def encode(self, texts, queries=False, progress=None):
        texts = [self.prefix + t for t in texts] if queries else texts
        ids = [e.ids for e in self.tokenizer.encode_batch(texts)]
        vectors = np.zeros((len(ids), 384), dtype=np.float32)
        with ThreadPoolExecutor(self.workers) as pool:
            for i, vector in enumerate(pool.map(self._one, ids)):
                vectors[i] = vector
                if progress and i % 2000 == 0:
                    print(f"{progress}: {i}/{len(ids)}", flush=True)
        return vectors


def ndcg(ranking, gains, k=10):
    """nDCG as trec_eval computes it: linear gains, log2(rank + 1) discount, unjudged documents count 0."""
    dcg = sum(gains.get(d, 0) / math.log2(i + 2) for i, d in enumerate(ranking[:k]))
    ideal = sum(g / math.log2(i + 2) for i, g in enumerate(sorted(gains.values(), reverse=True)[:k]) if g > 0)
    return dcg / ideal if ideal > 0 else 0.0


def read_collection(folder):
    """A BEIR folder: ids, (title, text) of the corpus, queries by id, gains by query and document."""
    folder = Path(folder)
    corpus = read_jsonl(folder / "corpus.jsonl")
    queries = {q["_id"]: q["text"] for q in read_jsonl(folder / "queries.jsonl")}
    qrels = folder / "qrels.tsv"
    qrels = qrels if qrels.exists() else folder / "qrels" / "test.tsv"
    gains = {}
    for line in qrels.read_text(encoding="utf-8").splitlines()[1:]:
        query, document, gain = line.split("\t")
        gains.setdefault(query, {})[document] = int(gain)
    return [d["_id"] for d in corpus], [(d.get("title", ""), d["text"]) for d in corpus], queries, gains
