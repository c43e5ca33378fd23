"""Steps 1 and 9: nDCG@10 on test collections, retrieval alone against reranked.

    python evaluate.py --data DATA/eval --biencoder DIR --kind bge-small-en-v1.5 --cache WORK/eval \
        --reranker WORK/export/onnx/model.onnx --reranker WORK/int8/dynamic-s8-lean.onnx [--queries 100] [--mix 0 5 10]

The corpus and the queries are embedded, the 50 nearest documents by cosine reranked, one pair a run. Vectors and
logits are cached, so a rerun only scores what is new. Of a split model give `onnx/encoder_int8.onnx`. `mix W` ranks as the job does,
by softplus(logit + 1) + W * cosine. Prints a table in Markdown and writes every figure to CACHE/results.json.
"""

import argparse
import hashlib
import json
import random
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np

from bert import CLS, OFFSET, QUERY_PART, SEP
from common import BiEncoder, join_title, load_tokenizer, ndcg, read_collection, session


class Reranker:
    """An ONNX cross-encoder; one pair a run, so that a score depends on nothing else."""

    def __init__(self, path, tokenizer, workers=2, max_length=512):
        self.session, self.workers = session(path), workers
        self.tokenizer = load_tokenizer(tokenizer)
        self.tokenizer.enable_truncation(max_length, strategy="longest_first")

    def _one(self, encoding):
        ids = np.array([encoding.ids], dtype=np.int64)
        return float(self.session.run(["logits"], {
            "input_ids": ids, "attention_mask": np.ones_like(ids),
            "token_type_ids": np.array([encoding.type_ids], dtype=np.int64)})[0][0, 0])

    def scores(self, pairs):
        encodings = self.tokenizer.encode_batch(pairs)
        with ThreadPoolExecutor(self.workers) as pool:
            return list(pool.map(self._one, encodings)), sum(len(e.ids) for e in encodings)


class SplitReranker:
    """The two graphs of a split model, each text cut for itself."""

    def __init__(self, path, tokenizer, workers=2, max_length=512):
        from split import Parts

        self.parts, self.workers, self.max_length = Parts(path, joint_of(path)), workers, max_length
        self.tokenizer = load_tokenizer(tokenizer)
        self.tokenizer.no_truncation()

    def _ids(self, texts, most):
        return [e.ids[:most] for e in self.tokenizer.encode_batch(texts, add_special_tokens=False)]

    def scores(self, pairs):
        queries = {q: self.parts.states([CLS] + ids + [SEP], False)
                   for (q, ids) in ((q, self._ids([q], QUERY_PART - 2)[0]) for q in {q for q, _ in pairs})}
        documents = [ids + [SEP] for ids in self._ids([d for _, d in pairs], self.max_length - OFFSET - 1)]

        def one(pair):
            (query, _), ids = pair
            return self.parts.logit(queries[query], self.parts.states(ids, True))

        with ThreadPoolExecutor(self.workers) as pool:
            return list(pool.map(one, zip(pairs, documents))), sum(map(len, documents))


def joint_of(path):
    return path.with_name(path.name.replace("encoder", "joint", 1))


def reranker_of(path, tokenizer):
    return (SplitReranker if path.name.startswith("encoder") else Reranker)(path, tokenizer)


def digest_of(path):
    content = path.read_bytes() + (joint_of(path).read_bytes() if path.name.startswith("encoder") else b"")
    return hashlib.sha1(content).hexdigest()[:12]


def vectors(cache, name, texts, queries, encoder):
    path = cache / f"{name}.{hashlib.sha1(chr(0).join(texts).encode()).hexdigest()[:12]}.npy"
    if path.exists():
        return np.load(path)
    found = encoder().encode(texts, queries=queries)
    np.save(path, found)
    return found


def interval(values, rng, rounds=10000):
    """Mean and 95% bootstrap interval over queries."""
    values = np.array(values)
    means = values[rng.integers(0, len(values), (rounds, len(values)))].mean(axis=1)
    return [float(values.mean()), float(np.quantile(means, 0.025)), float(np.quantile(means, 0.975))]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--collections", nargs="*", help="all under DATA without it")
    parser.add_argument("--biencoder", type=Path, required=True)
    parser.add_argument("--kind", default="bge-small-en-v1.5")
    parser.add_argument("--reranker", type=Path, action="append", default=[])
    parser.add_argument("--tokenizer", type=Path, help="of the rerankers; beside the first one's folder without it")
    parser.add_argument("--cache", type=Path, required=True)
    parser.add_argument("--queries", type=int, default=100, help="at most this many of a collection, a fixed random sample")
    parser.add_argument("--candidates", type=int, default=50)
    parser.add_argument("--mix", type=float, nargs="*", default=[])
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    args.cache.mkdir(parents=True, exist_ok=True)
    loaded = []

    def encoder():
        if not loaded:
            loaded.append(BiEncoder(args.biencoder, args.kind))
        return loaded[0]

    tokenizer = args.tokenizer or (args.reranker and args.reranker[0].parent.parent / "tokenizer.json")
    rerankers = {str(p): reranker_of(p, tokenizer) for p in args.reranker}
    hashes = {str(p): digest_of(p) for p in args.reranker}
    table = {}
    for name in args.collections or sorted(p.name for p in args.data.iterdir() if p.is_dir()):
        ids, documents, queries, gains = read_collection(args.data / name)
        texts = [join_title(title, text) for title, text in documents]
        judged = sorted(q for q in queries if any(g > 0 for g in gains.get(q, {}).values()))
        random.Random(args.seed).shuffle(judged)
        sample = judged[:args.queries]
        corpus = vectors(args.cache, f"{args.kind}.{name}.corpus", texts, False, encoder)
        asked = vectors(args.cache, f"{args.kind}.{name}.queries", [queries[q] for q in sample], True, encoder)
        cosines = asked @ corpus.T
        top = np.argsort(-cosines, axis=1, kind="stable")[:, :args.candidates]
        runs = {"retrieval": [list(row) for row in top]}
        for path, reranker in rerankers.items():
            cached = args.cache / f"{args.kind}.{name}.{hashes[path]}.json"
            known = json.loads(cached.read_text()) if cached.exists() else {}
            began, pairs, tokens = time.monotonic(), 0, 0
            for q, row in zip(sample, top):
                missing = [d for d in row if f"{q}\t{ids[d]}" not in known]
                if missing:
                    scores, n = reranker.scores([(queries[q], texts[d]) for d in missing])
                    known |= {f"{q}\t{ids[d]}": s for d, s in zip(missing, scores)}
                    pairs, tokens = pairs + len(missing), tokens + n
            if pairs:
                cached.write_text(json.dumps(known))
                spent = time.monotonic() - began
                print(f"{name} {Path(path).name}: {pairs} pairs, {pairs / spent:.0f} pairs/s, {tokens / spent:.0f} tokens/s", flush=True)
            logits = np.array([[known[f"{q}\t{ids[d]}"] for d in row] for q, row in zip(sample, top)])
            for weight in [0.0] + [w for w in args.mix if w]:
                label = Path(path).stem if path.count("export") == 0 else "fp32"
                label += f" + {weight:g} cos" if weight else ""
                retrieved = np.take_along_axis(cosines, top, axis=1)
                mixed = np.logaddexp(0, logits + 1) + weight * retrieved if weight else logits
                order = np.argsort(-mixed, axis=1, kind="stable")
                runs[label] = [[row[i] for i in o] for row, o in zip(top, order)]
        for label, rankings in runs.items():
            per_query = [ndcg([ids[d] for d in r], gains[q]) for q, r in zip(sample, rankings)]
            table.setdefault(label, {})[name] = per_query
    rng = np.random.default_rng(args.seed)
    names = list(next(iter(table.values())))
    print(f"\nnDCG@10, {args.kind}, {args.candidates} candidates, at most {args.queries} queries a collection\n")
    print("| | " + " | ".join(names) + " | mean | gain | least |")
    print("|---" * (len(names) + 4) + "|")
    results, base = {}, {n: np.mean(v) for n, v in table["retrieval"].items()}
    for label, per in table.items():
        means = {n: float(np.mean(v)) for n, v in per.items()}
        differences = {n: interval(np.array(per[n]) - np.array(table["retrieval"][n]), rng) for n in names}
        resampled = np.mean([[np.mean(rng.choice(np.array(per[n]) - np.array(table["retrieval"][n]), len(per[n]))) for n in names]
                             for _ in range(2000)], axis=1)
        gain = [means_gain := float(np.mean([means[n] - base[n] for n in names])),
                float(np.quantile(resampled, 0.025)), float(np.quantile(resampled, 0.975))]
        results[label] = {"ndcg@10": {n: interval(per[n], rng) for n in names}, "difference": differences,
                          "mean": float(np.mean(list(means.values()))), "gain": gain}
        print(f"| {label} | " + " | ".join(f"{means[n]:.3f}" for n in names)
              + f" | {results[label]['mean']:.4f} | {means_gain:+.4f} [{gain[1]:+.3f}, {gain[2]:+.3f}] | {min(means[n] - base[n] for n in names):+.3f} |")
    (args.cache / "results.json").write_text(json.dumps({"args": {k: str(v) for k, v in vars(args).items()}, "results": results}, indent=1))


if __name__ == "__main__":
    main()
