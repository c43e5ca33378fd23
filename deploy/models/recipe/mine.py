"""Step 1: hard negatives for every training query.

    python mine.py --train DATA/train [--train MORE] --eval DATA/eval --biencoder DIR --out WORK/mined

Reads every `<set>/pairs.jsonl` ({"query","title","passage","label"[,"group"]}), drops what also occurs in a test
collection, splits by document, retrieves with the bi-encoder and with BM25 inside each set, filters likely false
negatives, and writes `passages.jsonl` and `groups.jsonl` (passages are referred to by line number).
"""

import argparse
import collections
import hashlib
import random
from pathlib import Path

import numpy as np

from common import BiEncoder, Bm25, digest, fold, join_title, read_jsonl, write_jsonl

# Rows taken of a set, whole documents at a time: the large, uniform sets must not dominate.
ROWS = {"medquad": 4500, "tldr": 5000, "policyqa_dev_test": 2500}
# Sets whose judgements are dense enough that a passage scored above the positive may still be a negative.
TRUSTED = {"squad1_dev_A", "selqa_dev", "covidqa"}
DEV_SHARE = 0.06


def document_key(row, name):
    """What must not be split between training and held-out data."""
    if name == "tldr":
        return row["group"].rsplit("/", 1)[1].split("-")[0].removesuffix(".md")
    return fold(row["title"]) or digest(row["passage"])


def load_set(path, forbidden, rng):
    """The set's rows with their component: rows that share a document or, in untitled sets, a query."""
    name = path.parent.name
    rows = [r for r in read_jsonl(path) if r["query"].strip() and len(r["passage"].strip()) > 15]
    clean = [r for r in rows if digest(r["passage"]) not in forbidden and digest(r["query"]) not in forbidden
             and digest(join_title(r["title"], r["passage"])) not in forbidden]
    parent = {}

    def find(x):
        while parent.setdefault(x, x) != x:
            parent[x] = x = parent[parent[x]]
        return x

    for r in clean:
        key = "d:" + document_key(r, name)
        if not r["title"]:
            parent[find("q:" + fold(r["query"]))] = find(key)
        r["component"] = key
    for r in clean:
        r["component"] = find(r["component"])
        r["set"] = name
    keep = {c: i for i, c in enumerate(rng.sample(sorted({r["component"] for r in clean}),
                                                  len({r["component"] for r in clean})))}
    clean.sort(key=lambda r: keep[r["component"]])
    dropped = len(rows) - len(clean)
    return name, clean[:ROWS.get(name, len(clean))], dropped


def mine_set(name, rows, biencoder, first_id, rng, args):
    ids, passages, owners = {}, [], collections.defaultdict(set)
    positives, negatives, component = collections.defaultdict(list), collections.defaultdict(list), {}
    for r in rows:
        key = (fold(r["title"]), fold(r["passage"]))
        if key not in ids:
            ids[key] = len(passages)
            passages.append({"set": name, "title": r["title"], "text": r["passage"][:4000]})
        (positives if r["label"] > 0 else negatives)[r["query"]].append(ids[key])
        component[r["query"]] = r["component"]
        if r["label"] > 0:
            owners[ids[key]].add(r["query"])
    queries = list(component)
    # A title that only names the site says nothing about the text; the others are searched with it.
    texts = [join_title("" if name.startswith("policyqa") else p["title"], p["text"]) for p in passages]
    vectors = biencoder.encode(texts, progress=f"{name} passages")
    query_vectors = biencoder.encode(queries, queries=True, progress=f"{name} queries")
    position = {q: i for i, q in enumerate(queries)}
    sparse = Bm25(texts)
    cosines = query_vectors @ vectors.T
    text_key = [fold(p["text"])[:300] for p in passages]
    groups = []
    for i, query in enumerate(queries):
        known = positives.get(query, [])
        scores = cosines[i]
        ceiling = max((scores[p] for p in known), default=1.0) * (1.08 if name in TRUSTED else 0.97)
        twins = {text_key[p] for p in known}
        rejected = 0

        def false_negative(candidate):
            if text_key[candidate] in twins or scores[candidate] > ceiling:
                return True
            if any(float(vectors[candidate] @ vectors[p]) > 0.97 for p in known):
                return True
            # Another query asks nearly the same thing, and this passage answers it.
            return any(float(query_vectors[position[o]] @ query_vectors[i]) > args.same_query for o in owners[candidate])

        judged = [n for n in dict.fromkeys(negatives.get(query, [])) if n not in known]
        picked, pools = set(known) | set(judged), []
        for ranked in (np.argsort(-scores)[:60], sparse.search(query, 60)):
            start = 0 if name in TRUSTED else 2
            pool = []
            for candidate in (int(c) for c in ranked[start:]):
                if candidate in picked:
                    continue
                if false_negative(candidate):
                    rejected += 1
                    continue
                pool.append(candidate)
            # Half of the best, half of what follows.
            best = pool[:args.negatives]
            rest = pool[args.negatives:]
            chosen = best[:args.negatives // 2 + 1] + rng.sample(best[args.negatives // 2 + 1:] + rest,
                                                               min(args.negatives // 2, max(0, len(pool) - args.negatives // 2 - 1)))
            pools.append(chosen)
            picked.update(chosen)
        bucket = int(hashlib.sha1((name + component[query]).encode()).hexdigest(), 16) % 10000 / 10000
        groups.append({"set": name, "query": query, "split": "dev" if bucket < DEV_SHARE else "train",
                       "positives": [first_id + p for p in dict.fromkeys(known)],
                       "judged": [first_id + n for n in judged],
                       "dense": [first_id + n for n in pools[0]], "sparse": [first_id + n for n in pools[1]],
                       "rejected": rejected})
    return passages, groups


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--train", type=Path, action="append", required=True)
    parser.add_argument("--eval", type=Path, required=True, help="test collections: nothing of them may be trained on")
    parser.add_argument("--biencoder", type=Path, required=True)
    parser.add_argument("--kind", default="bge-small-en-v1.5")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--negatives", type=int, default=8, help="kept per query and retriever")
    parser.add_argument("--same-query", type=float, default=0.95)
    parser.add_argument("--skip", nargs="*", default=["squad2_dev"],
                        help="sets left out (squad2_dev repeats squad1_dev_A, and its other half is a test collection)")
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    args.out.mkdir(parents=True, exist_ok=True)
    rng = random.Random(args.seed)
    forbidden = set()
    for collection in sorted(args.eval.iterdir()):
        for name in ("corpus.jsonl", "queries.jsonl"):
            if (collection / name).exists():
                for d in read_jsonl(collection / name):
                    forbidden |= {digest(d["text"]), digest(join_title(d.get("title", ""), d["text"]))}
    biencoder = BiEncoder(args.biencoder, args.kind, max_length=160)
    passages, groups = [], []
    paths = [p for folder in args.train for p in sorted(folder.glob("*/pairs.jsonl"))]
    for path in paths:
        if path.parent.name in args.skip:
            continue
        name, rows, dropped = load_set(path, forbidden, rng)
        if not rows:
            print(f"{name}: left out, all of it occurs in a test collection")
            continue
        mined_passages, mined = mine_set(name, rows, biencoder, len(passages), rng, args)
        passages += mined_passages
        groups += mined
        dev = sum(g["split"] == "dev" for g in mined)
        print(f"{name}: {len(rows)} rows ({dropped} dropped: short or in a test collection), {len(mined_passages)} passages, "
              f"{len(mined)} queries ({dev} held out), {sum(g['rejected'] for g in mined) / len(mined):.1f} likely false "
              f"negatives a query", flush=True)
        write_jsonl(args.out / "passages.jsonl", passages)
        write_jsonl(args.out / "groups.jsonl", groups)


if __name__ == "__main__":
    main()
