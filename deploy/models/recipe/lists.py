"""Step 4: for every query a list of passages as retrieval finds them, and what the first teacher says of each.

The first teacher is the sum of bi-encoders and BM25, which err in different ways: on texts that none was tuned on, their sum ranks
better than any of them. Runs on the device that trains, in minutes; used by distil.py.
"""

import itertools
import time

import numpy as np
import torch
import torch.nn.functional as F

import bert

# (pooling, query prefix, passage prefix) as token ids
BI_ENCODERS = {
    "bge-small-en-v1.5": ("cls", [5050, 2023, 6251, 2005, 6575, 7882, 13768, 1024], []),
    "base": ("mean", [], []),
    "e5-small-v2": ("mean", [23032, 1024], [6019, 1024]),
}
# Weights tried for the teacher: those that rank the test collections' candidates best are taken.
GRID = {"bge-small-en-v1.5": (1.0,), "base": (0.5, 1.0), "e5-small-v2": (0.0, 1.0, 2.0), "bm25": (0.1, 0.2, 0.3)}
LIST = 12
TRUSTED = {"squad1_dev_A", "selqa_dev", "covidqa"}  # judged so densely that a passage scored above the positive may still be a negative


def vectors(weights, kind, texts, prefix, tokens, dtype):
    """Normed embeddings of all texts."""
    limit, out, start = 512, torch.empty(len(texts.lengths), 384, dtype=dtype, device=texts.ids.device), 0
    sizes = np.minimum(texts.lengths, limit - 2 - len(prefix)) + 2 + len(prefix)
    ends = np.cumsum(sizes)
    while start < len(sizes):
        stop = max(start + 1, int(np.searchsorted(ends, tokens + (ends[start - 1] if start else 0), side="right")))
        rows = torch.arange(start, stop, device=out.device)
        batch = bert.single_batch(texts, rows, prefix, tokens, limit)
        x = bert.encode(weights, batch["ids"], batch["positions"], batch["ends"], batch["longest"])
        if kind == "cls":
            v = x[batch["ends"][:len(rows)].long()].float()
        else:
            used = int(ends[stop - 1] - (ends[start - 1] if start else 0))
            v = torch.zeros(len(rows), 384, device=x.device).index_add_(0, batch["of"][:used], x[:used].float())
        out[start:stop] = F.normalize(v, dim=1).to(dtype)
        start = stop
    return out


class Bm25:
    """BM25 (k1 0.9, b 0.4) over WordPiece tokens, with the statistics of these texts or of others'."""

    def __init__(self, texts, stop, other=None, vocabulary=30522):
        device, n = texts.ids.device, len(texts.lengths)
        of = torch.repeat_interleave(torch.arange(n, device=device), texts.length)
        kept = torch.ones(vocabulary, dtype=torch.bool, device=device)
        kept[torch.as_tensor(stop, device=device).long()] = False
        keep = kept[texts.ids.long()]
        keys, counts = torch.unique(of[keep] * vocabulary + texts.ids[keep], return_counts=True)
        rows, columns = keys // vocabulary, keys % vocabulary
        size = torch.bincount(of[keep], minlength=n).float()
        if other is None:
            df = torch.bincount(columns, minlength=vocabulary).float()
            self.idf, self.mean = torch.log(1 + (n - df + 0.5) / (df + 0.5)), size.mean()
        else:
            self.idf, self.mean = other.idf, other.mean
        tf = counts.float()
        weights = self.idf[columns] * tf * 1.9 / (tf + 0.9 * (0.6 + 0.4 * (size / self.mean)[rows]))
        self.kept, self.vocabulary, self.n = kept, vocabulary, n
        self.matrix = torch.sparse_coo_tensor(torch.stack([rows, columns]), weights, (n, vocabulary)).coalesce().to_sparse_csr()

    def scores(self, queries, rows):
        """[query][passage], each query's best set to one."""
        length = queries.length[rows]
        of = torch.repeat_interleave(torch.arange(len(rows), device=length.device), length)
        inside = torch.arange(len(of), device=length.device) - (length.cumsum(0) - length)[of]
        ids = queries.ids[queries.start[rows][of] + inside].long()
        dense = torch.zeros(self.vocabulary, len(rows), device=length.device)
        dense.index_put_((ids[self.kept[ids]], of[self.kept[ids]]), torch.ones((), device=length.device), accumulate=True)
        found = (self.matrix @ dense).T
        return found / found.amax(1, keepdim=True).clamp(min=1e-9)


def ndcg(test, scores):
    """Mean nDCG@10 by collection of the candidates in the order of their scores."""
    order = np.argsort(-scores, axis=1, kind="stable")[:, :10]
    gains = np.take_along_axis(test["gain"].astype(float), order, axis=1)
    each = (gains / np.log2(np.arange(2, 12))).sum(1) / test["ideal"]
    return np.array([each[test["q_of"] == i].mean() for i in range(len(test["names"]))])


def choose_teacher(test, encoders, bm25, stop, device, tokens, dtype, log):
    """The weights of the grid that rank the test candidates best, the built-in collection of questions left out."""
    queries, passages = (bert.Texts(test[k], test[k + "_len"], device) for k in ("q", "p"))
    top = torch.from_numpy(test["top"]).to(device).long()
    parts = {}
    for name, weights in encoders.items():
        kind, q_prefix, p_prefix = BI_ENCODERS[name]
        q, p = vectors(weights, kind, queries, q_prefix, tokens, dtype), vectors(weights, kind, passages, p_prefix, tokens, dtype)
        parts[name] = (q[:, None].float() * p[top].float()).sum(2).cpu().numpy()
    own = Bm25(passages, stop, bm25)
    lexical = [own.scores(queries, rows).gather(1, top[rows]) for rows in torch.arange(len(top), device=device).split(256)]
    lexical = torch.cat(lexical)
    parts["bm25"] = (lexical / lexical.amax(1, keepdim=True).clamp(min=1e-9)).cpu().numpy()
    judged = test["names"] != "configuration"
    best, found = -1.0, None
    for name in parts:
        log(f"alone: {name} {ndcg(test, parts[name])[judged].mean():.4f}")
    for combination in itertools.product(*(GRID[name] for name in parts)):
        mean = ndcg(test, sum(w * parts[name] for w, name in zip(combination, parts)))[judged].mean()
        if mean > best:
            best, found = mean, dict(zip(parts, combination))
    scores = sum(w * parts[name] for name, w in found.items())
    log(f"teacher {found}: {best:.4f} {dict(zip(test['names'].tolist(), ndcg(test, scores).round(3).tolist()))}")
    return found, scores


def build(data, queries, passages, encoded, bm25, weights, device, log, seed, seconds, batch=512):
    """Lists (passages, -1 where there are too few) and the teacher's opinions; the positive, if there is one, comes first."""
    generator = torch.Generator(device=device).manual_seed(seed)
    n, count = len(queries.lengths), len(passages.lengths)
    lists, opinions = torch.full((n, LIST), -1, dtype=torch.int32, device=device), torch.zeros(n, LIST, device=device)
    tensor = {k: torch.from_numpy(data[k]).to(device) for k in ("q_positive", "q_held", "q_judged", "q_source", "q_negative", "q_set", "p_held", "p_set")}
    trusted = torch.tensor([name in TRUSTED for name in data["sets"].tolist()], device=device)
    first = next(iter(encoded))
    of_set = [torch.nonzero(tensor["p_set"] == s).squeeze(1) for s in range(len(data["sets"]))]
    of_set_start = torch.tensor([0] + [len(o) for o in of_set], device=device).cumsum(0)
    of_set = torch.cat(of_set)

    def pick(ranked, low, high, how_many):
        """One of each of `how_many` equal shares of the ranks, so that all depths are seen."""
        edges = torch.linspace(low, min(high, ranked.shape[1]), how_many + 1, device=device)
        at = edges[:-1] + torch.rand(len(ranked), how_many, generator=generator, device=device) * (edges[1:] - edges[:-1])
        return ranked.gather(1, at.long().clamp(max=ranked.shape[1] - 1))

    # Judged queries first: should time run out, the invented ones are those without a list.
    order = torch.argsort((tensor["q_source"] >= 0).float() + torch.rand(n, generator=generator, device=device) * 1.2)
    began, done = time.monotonic(), 0
    for rows in order.split(batch):
        if time.monotonic() - began > seconds:
            log(f"out of time: {done} of {n} queries have a list")
            break
        done += len(rows)
        total = near = None
        for name, (q, p) in encoded.items():
            cosines = (q[rows] @ p.T).float()
            near = cosines if near is None else near
            total = weights[name] * cosines if total is None else total.add_(cosines, alpha=weights[name])
        lexical = bm25.scores(queries, rows)
        total.add_(lexical, alpha=weights["bm25"])
        positives, source, negatives, held = (tensor[k][rows].long() for k in ("q_positive", "q_source", "q_negative", "q_held"))
        positive = positives[:, 0]
        barred = near.new_zeros(near.shape, dtype=torch.bool)
        barred |= tensor["p_held"][None] & (held == 0)[:, None]
        own = (source >= 0) & (torch.rand(len(rows), generator=generator, device=device) < 0.7)
        barred[torch.nonzero(own).squeeze(1), source[own]] = True
        of, which = torch.nonzero(positives >= 0, as_tuple=True)
        barred[of, positives[of, which]] = True
        known = positive >= 0
        at_positive = near.gather(1, positive.clamp(min=0)[:, None]).squeeze(1)
        ceiling = torch.where(known, at_positive * torch.where(trusted[tensor["q_set"][rows].long()], 1.08, 0.97), 9.0)
        likely = near > ceiling[:, None]
        blocked = barred | likely
        by_near = near.masked_fill(blocked, -9).topk(min(60, count), 1).indices
        by_total = total.masked_fill(blocked, -9).topk(min(30, count), 1).indices
        by_words = lexical.masked_fill(blocked, -9).topk(min(16, count), 1).indices
        sets = tensor["q_set"][rows].long()
        same = of_set[of_set_start[sets] + (torch.rand(len(rows), generator=generator, device=device) * (of_set_start[sets + 1] - of_set_start[sets])).long()]
        any_ = torch.randint(count, (len(rows), 1), generator=generator, device=device)
        found = torch.cat([positive[:, None], negatives, pick(by_total, 0, 8, 2), pick(by_near, 0, 50, 4), pick(by_total, 8, 30, 1),
                           pick(by_words, 0, 15, 1), same[:, None], any_, pick(by_near, 0, 50, 4), pick(by_near, 0, 60, 6)], 1)
        inside = found.clamp(min=0)
        wrong = (found < 0) | blocked.gather(1, inside)
        wrong[:, :3] = found[:, :3] < 0
        wrong |= ((found[:, :, None] == found[:, None]) & torch.ones(found.shape[1], found.shape[1], device=device).tril(-1).bool()).any(2)
        p = encoded[first][1]
        twin = (p[inside] * p[positive.clamp(min=0)][:, None]).float().sum(2) > 0.97
        twin[:, 0] = False
        wrong |= twin & known[:, None]
        kept = torch.argsort(wrong.to(torch.int8), dim=1, stable=True)[:, :LIST]
        lists[rows] = torch.where(wrong.gather(1, kept), -1, found.gather(1, kept)).int()
        opinions[rows] = total.gather(1, inside.gather(1, kept))
    return lists, opinions
