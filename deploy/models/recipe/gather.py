"""Step 2: all training texts and needs, and the test collections, as token ids in two files.

    python gather.py --train DATA/train --train DATA/train2 --eval DATA/eval --tokenizer tokenizer.json --out WORK/ids

Reads every `<set>/pairs.jsonl[.gz]` ({"query","passage"[,"title","label","group","page"]}), drops what also occurs in a test
collection, takes whole documents of a set up to its limit, joins parts of a document to long texts, and writes beside
the queries that are there as many that are made of a passage's own words. `train.npz` is all that the next steps read.
"""

import argparse
import collections
import gzip
import hashlib
import json
import random
import re
from pathlib import Path

import numpy as np

from common import STOP_WORDS, digest, fold, join_title, load_tokenizer, read_collection, read_jsonl

# Rows of a set at most, so that large, uniform sets do not dominate; None leaves a set out. The code of cosqa_qa_dev is a
# test collection; squad2_dev repeats squad1_dev_A, and its other half is a test collection.
ROWS = {"cosqa_qa_dev": None, "squad2_dev": None, "medquad": 8000, "tldr": 5000, "policyqa_dev_test": 3000,
        "arxiv_abstracts": 34000, "win32_docs": 9000, "aws_api_reference": 7000, "vba_docs": 5000, "cpp_docs": 6500,
        "ax2012_howto": 5000, "aws_guides": 8000, "windows_powershell": 4500, "php_manual": 6000, "spring_framework": 6000,
        "aws_cli_examples": 4000, "office_powershell": 3500}
# Times that a query of the set is used in an epoch, each time altered and with other candidates.
TIMES = {"squad1_dev_A": 2, "boolq_val": 2, "covidqa": 3, "beer_stackexchange": 3, "covid_faq": 3, "selqa_dev": 4, "policyqa_dev_test": 3,
         "openstax_books": 2, "us_digital_gov": 2, "scitldr": 2, "fcc_guide": 2, "owasp_cheatsheets": 2, "science_python_guides": 2,
         "redis_docs": 2, "curl_docs": 2}
# Sets with titles that name only the site: the texts are searched without them.
UNTITLED = {"policyqa_dev_test"}
# Sets whose documents come in parts that make a text together.
PARTS = {"aws_guides", "us_digital_gov", "openstax_books", "fcc_guide", "powershell_docs", "science_python_guides", "owasp_cheatsheets",
         "ax2012_howto", "php_manual", "rails_docs", "redis_docs", "medquad", "squad1_dev_A", "win32_docs", "cpp_docs"}
PASSAGE_TOKENS, QUERY_TOKENS, PAIR_TOKENS = 448, 64, 512
HELD_OUT = 0.03
FRAMES = ["articles about {}", "information on {}", "i am interested in {}", "papers that deal with {}", "anything on {}", "{} .",
          "i want to know about {}", "studies of {}", "reports on {} .", "what is known about {}", "discussions of {}", "how does {} work"]


def rows_of(folder):
    for path in (folder / "pairs.jsonl", folder / "pairs.jsonl.gz"):
        if path.exists():
            opened = gzip.open(path, "rt", encoding="utf-8") if path.suffix == ".gz" else open(path, encoding="utf-8")
            with opened as lines:
                return [json.loads(line) for line in lines if line.strip()]
    return []


def document_key(row, name):
    """What must not be split between training and held-out data."""
    if "page" in row:
        return str(row["page"])
    if name == "tldr":
        return row["group"].rsplit("/", 1)[1].split("-")[0].removesuffix(".md")
    return fold(row["title"]) or ("q:" + fold(row["query"]) if name in ("selqa_dev", "beer_stackexchange") else digest(row["passage"]))


def load_set(folder, forbidden, rng):
    name = folder.name
    if ROWS.get(name, 0) is None:
        return []
    rows = []
    for r in rows_of(folder):
        r = {"set": name, "title": r.get("title", "") if name not in UNTITLED else "", "label": r.get("label", 1), **r}
        if not r["query"].strip() or len(r["passage"].strip()) <= 15:
            continue
        if any(digest(t) in forbidden for t in (r["query"], r["passage"], join_title(r["title"], r["passage"]))):
            continue
        r["document"] = name + ":" + document_key(r, name)
        rows.append(r)
    documents = sorted({r["document"] for r in rows})
    order = {d: i for i, d in enumerate(rng.sample(documents, len(documents)))}
    rows.sort(key=lambda r: order[r["document"]])
    return rows[:ROWS.get(name, len(rows))]


def invented(title, text, rng):
    """A need as short as a few keywords or as long as three sentences, in the words of a text."""
    chance = rng.random()
    sentences = [s for s in re.split(r"(?<=[.!?])\s+|\n+", text[:2500]) if len(s.split()) > 3] or [text[:300]]
    if title and chance < 0.15:
        words = title.split()
    else:
        start = rng.randrange(len(sentences))
        words = " ".join(sentences[start:start + rng.choice((1, 1, 1, 2, 3))]).split()[:45]
    if rng.random() < 0.45:
        words = [w for w in words if w.lower().strip(".,;:()") not in STOP_WORDS]
        kept = sorted(rng.sample(range(len(words)), min(len(words), rng.randint(2, 7))))
        words = [words[i] for i in kept]
    query = " ".join(words).strip(" .,;:")
    if len(query.split()) <= 12 and rng.random() < 0.3:
        query = rng.choice(FRAMES).format(query)
    return query


def alter(query, rng):
    """The query as another person would type it: without its question mark, as keywords, or framed."""
    chance = rng.random()
    if chance < 0.25:
        return query.rstrip(" ?.")
    if chance < 0.35:
        kept = [w for w in re.findall(r"[\w'-]+", query) if w.lower() not in STOP_WORDS]
        return " ".join(kept) if len(kept) >= 2 else query
    if chance < 0.42 and len(query.split()) <= 12 and "?" not in query:
        return rng.choice(FRAMES).format(query.rstrip(" ."))
    return query


class Ids:
    """Texts as token ids, one after the other."""

    def __init__(self, tokenizer):
        self.tokenizer, self.texts = tokenizer, []

    def add(self, text):
        self.texts.append(text)
        return len(self.texts) - 1

    def arrays(self, name, limit):
        ids = []
        for start in range(0, len(self.texts), 4096):
            ids += [e.ids[:limit] for e in self.tokenizer.encode_batch(self.texts[start:start + 4096], add_special_tokens=False)]
        return {name: np.fromiter((t for row in ids for t in row), dtype=np.uint16), name + "_len": np.array([len(row) for row in ids], np.uint16)}


def training(folders, forbidden, tokenizer, rng):
    passages, queries = Ids(tokenizer), Ids(tokenizer)
    p_set, p_held, q_rows, sets = [], [], [], []

    def add(text, of_set, held=False, judged=False, source=-1, positives=(), negatives=()):
        """The first positive is trained on; the others are only no negatives."""
        queries.add(text)
        q_rows.append((of_set, held, judged, source, *(list(positives) + [-1] * 8)[:8], *(list(negatives) + [-1] * 2)[:2]))

    for folder in sorted((f for top in folders for f in top.iterdir() if f.is_dir()), key=lambda f: f.name):
        rows = load_set(folder, forbidden, rng)
        if not rows:
            continue
        name, of_set = folder.name, len(sets)
        sets.append(name)
        known, parts, source = {}, collections.defaultdict(list), {}
        asked = collections.defaultdict(lambda: ([], []))
        for r in rows:
            key = fold(r["title"] + " " + r["passage"])[:600]
            if key not in known:
                known[key] = passages.add(join_title(r["title"], r["passage"]))
                p_set.append(of_set)
                p_held.append(int(hashlib.sha1(r["document"].encode()).hexdigest(), 16) % 10000 < HELD_OUT * 10000)
                source[known[key]] = (r["title"], r["passage"])
                parts[r["document"]].append(known[key])
            asked[r["query"]][r["label"] <= 0].append(known[key])
        for query, (positive, negative) in asked.items():
            held = any(p_held[p] for p in positive + negative)
            for time in range(1 if held else TIMES.get(name, 1)):
                text = query if held or time == 0 and rng.random() < 0.6 else alter(query, rng)
                rng.shuffle(positive)
                add(text, of_set, held=held, judged="page" not in rows[0], positives=positive, negatives=rng.sample(negative, min(2, len(negative))))
        if name in PARTS:
            for document, members in parts.items():
                if len(members) >= 2 and not p_held[members[0]] and rng.random() < 0.4:
                    joined = [source[m] for m in members[:6]]
                    text = join_title(joined[0][0], "\n".join(text for _, text in joined))
                    i = passages.add(text)
                    p_set.append(of_set)
                    p_held.append(False)
                    source[i] = ("", text)
        for i, (title, text) in source.items():
            if not p_held[i] and (name != "selqa_dev" or rng.random() < 0.3):
                add(invented(title, text, rng), of_set, source=i)
        print(f"{name}: {len(rows)} rows, {len(source)} passages, {len(asked)} queries", flush=True)
    columns = np.array(q_rows, dtype=np.int32)
    return {"sets": np.array(sets), "p_set": np.array(p_set, np.uint8), "p_held": np.array(p_held), **passages.arrays("p", PASSAGE_TOKENS),
            "q_set": columns[:, 0].astype(np.uint8), "q_held": columns[:, 1].astype(bool), "q_judged": columns[:, 2].astype(bool),
            "q_source": columns[:, 3], "q_positive": columns[:, 4:12], "q_negative": columns[:, 12:], **queries.arrays("q", QUERY_TOKENS)}


def tests(folders, cache, kind, tokenizer, candidates, limit):
    """The candidates of each test query, as evaluate.py ranks them: token ids cut as the job does, cosine and gain."""
    passages, queries = Ids(tokenizer), Ids(tokenizer)
    names, q_of, top, cosine, gain, ideal = [], [], [], [], [], []
    for folder in folders:
        ids, documents, asked, gains = read_collection(folder)
        texts = [join_title(title, text) for title, text in documents]
        judged = sorted(q for q in asked if any(g > 0 for g in gains.get(q, {}).values()))
        random.Random(1).shuffle(judged)
        sample = judged[:limit if folder.name != "configuration" else None]
        corpus, needs = (np.load(next(cache.glob(f"{kind}.{folder.name}.{part}.*.npy"))) for part in ("corpus", "queries"))
        if not len(corpus) == len(texts) or not len(needs) == len(sample):
            raise ValueError(f"{cache} does not hold the vectors of {folder}: run evaluate.py first")
        near = needs @ corpus.T
        order = np.argsort(-near, axis=1, kind="stable")[:, :candidates]
        added = {}
        for row, q in enumerate(sample):
            queries.add(asked[q])
            q_of.append(len(names))
            for d in order[row]:
                if d not in added:
                    added[d] = passages.add(texts[d])
            top.append([added[d] for d in order[row]])
            cosine.append(near[row][order[row]])
            gain.append([gains[q].get(ids[d], 0) for d in order[row]])
            best = sorted(gains[q].values(), reverse=True)[:10]
            ideal.append(sum(g / np.log2(i + 2) for i, g in enumerate(best) if g > 0))
        names.append(folder.name)
        print(f"{folder.name}: {len(sample)} queries, {len(added)} documents", flush=True)
    return {"names": np.array(names), "q_of": np.array(q_of, np.uint8), "top": np.array(top, np.int32), "cosine": np.array(cosine, np.float32),
            "gain": np.array(gain, np.uint8), "ideal": np.array(ideal, np.float32), **passages.arrays("p", PAIR_TOKENS), **queries.arrays("q", PAIR_TOKENS)}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--train", type=Path, action="append", default=[])
    parser.add_argument("--eval", type=Path, action="append", required=True, help="test collections: nothing of them may be trained on")
    parser.add_argument("--cache", type=Path, help="of evaluate.py: writes test.npz too")
    parser.add_argument("--kind", default="bge-small-en-v1.5")
    parser.add_argument("--candidates", type=int, default=50)
    parser.add_argument("--queries", type=int, default=100)
    parser.add_argument("--tokenizer", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    args.out.mkdir(parents=True, exist_ok=True)
    tokenizer = load_tokenizer(args.tokenizer)
    folders = [c for top in args.eval for c in sorted(top.iterdir()) if c.is_dir()]
    if args.train:
        forbidden = set()
        for collection in folders:
            for name in ("corpus.jsonl", "queries.jsonl"):
                for d in read_jsonl(collection / name):
                    forbidden |= {digest(d["text"]), digest(join_title(d.get("title", ""), d["text"]))}
        arrays = training(args.train, forbidden, tokenizer, random.Random(args.seed))
        np.savez(args.out / "train.npz", **arrays)
        content = hashlib.sha256(b"".join(np.ascontiguousarray(arrays[k]).tobytes() for k in sorted(arrays) if k != "sets")).hexdigest()
        print(f"{len(arrays['p_len'])} passages, {arrays['p_len'].astype(int).sum()} tokens; {len(arrays['q_len'])} queries, "
              f"{arrays['q_len'].astype(int).sum()} tokens; sha256 {content}")
    if args.cache:
        np.savez(args.out / "test.npz", **tests(folders, args.cache, args.kind, tokenizer, args.candidates, args.queries))


if __name__ == "__main__":
    main()
