"""The teacher of step 2: what several first-stage retrievers say together, where nobody has judged.

Two bi-encoders and BM25 err in different ways: on texts that none of them was tuned on, their sum ranks better than any
of them. The cross-encoder learns their opinion on the candidates that it will meet, and what people judged on top of it.
"""

import re

import numpy as np

from common import BiEncoder, Bm25, STOP_WORDS, join_title

# cosine of the first + 0.5 * cosine of the second + 0.2 * BM25 over its maximum for the query
WEIGHTS, LEXICAL = {"bge-small-en-v1.5": 1.0, "all-minilm-l6-v2": 0.5}, 0.2
NEAREST = 50


class Teacher:
    """Opinions on every passage of the mined set, for any query."""

    def __init__(self, folders, passages, cache, workers=2):
        texts = [join_title(p["title"], p["text"]) for p in passages]
        self.encoders, self.vectors = {}, {}
        for kind, folder in folders.items():
            self.encoders[kind] = BiEncoder(folder, kind, max_length=176, workers=workers)
            path = cache / f"{kind}.passages.npy"
            if not path.exists():
                np.save(path, self.encoders[kind].encode(texts, progress=kind))
            self.vectors[kind] = np.load(path)
        self.bm25 = Bm25(texts)

    def opinions(self, queries):
        """Scores [query][passage], and those of the first bi-encoder alone, which is the one that retrieves."""
        total = first = 0.0
        for kind, encoder in self.encoders.items():
            cosines = encoder.encode(queries, queries=True) @ self.vectors[kind].T
            first = cosines if isinstance(first, float) else first
            total = total + WEIGHTS[kind] * cosines
        lexical = np.stack([self.bm25.scores(query) for query in queries])
        return total + LEXICAL * lexical / np.maximum(lexical.max(axis=1, keepdims=True), 1e-9), first


def candidates(cosines, barred, n, rng):
    """n passages as retrieval finds them: most of the nearest 50, spread over the ranks, and a distant one."""
    nearest = [int(i) for i in np.argpartition(-cosines, 2 * NEAREST)[:2 * NEAREST] if int(i) not in barred]
    nearest = sorted(nearest, key=lambda i: -cosines[i])[:NEAREST]
    near = min(n - 1, len(nearest))
    step = len(nearest) / near
    drawn = [nearest[int(rng.uniform(k * step, (k + 1) * step))] for k in range(near)]
    while len(drawn) < n:
        i = rng.randrange(len(cosines))
        if i not in barred and i not in drawn:
            drawn.append(i)
    return drawn


def invented_query(passage, rng):
    """A need as short as a few keywords or as long as three sentences, in the words of a passage."""
    if passage["title"] and rng.random() < 0.2:
        return passage["title"]
    sentences = [s for s in re.split(r"(?<=[.!?])\s+|\n+", passage["text"][:3000]) if s.strip()]
    start = rng.randrange(len(sentences)) if sentences else 0
    words = " ".join(sentences[start:start + rng.choice((1, 1, 2, 3))]).split()[:60]
    if rng.random() < 0.3:
        words = [w for w in words if w.lower() not in STOP_WORDS]
        kept = sorted(rng.sample(range(len(words)), min(len(words), rng.randint(2, 7))))
        words = [words[i] for i in kept]
    return " ".join(words)
