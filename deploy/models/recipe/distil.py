"""Step 4: mines the lists, trains a teacher on them, then the cross-encoder from both, whole and split, on one GPU.

    python distil.py --ids WORK/ids --out WORK/weights --budget 540 --split 4 3 5

1. Lists of twelve passages for each query and the first teacher's opinions on them (lists.py).
2. The second teacher: a cross-encoder of twelve layers that starts from bge-small-en-v1.5 and learns these opinions and the judgements.
3. The model: six layers from all-MiniLM-L6-v2, that learn both teachers' opinions and the judgements.
4. For each `--split` k the same weights go on learning with k layers that keep query and document apart.

Everything is measured on the test candidates as it is ready. `--budget` seconds are shared by the phases; the learning rate is a function
of a phase's share done, so that each ends annealed. Each model is written as 16-bit floats, the test logits beside it.
"""

import argparse
import json
import time
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F

import bert
import lists as mining

# Token limits of a list's pairs with their shares: mostly short, a few long so that long inputs are not foreign.
LIMITS, SHARES = np.array([128, 192, 320, 512]), np.array([0.3, 0.45, 0.19, 0.06])
# Share of the one-hot target where people judged, and where a title or heading says what fits.
JUDGED, WEAK = 0.55, 0.3
# Standard deviation, in a list, of the first teacher's opinions as they enter the softmax.
SPREAD = 3.0
MIXES = (5, 8, 12, 15, 18, 25, 40)
# Parts of the time that is left when the lists are there.
TEACHER, STUDENT, SPLIT = 0.28, 0.42, 0.10
BEGAN = time.monotonic()


def since():
    return time.monotonic() - BEGAN


class Model:
    """Weights in full precision for the optimiser, and their copies that are computed with; word embeddings stay as they are."""

    def __init__(self, weights, dtype, rate, seed):
        device = weights["word"].device
        generator = torch.Generator().manual_seed(seed)
        weights = dict(weights)
        if "pool_w" not in weights:
            weights["pool_w"], weights["pool_b"] = torch.eye(384, device=device), torch.zeros(384, device=device)
        if "head_w" not in weights:
            weights["head_w"] = (torch.randn(1, 384, generator=generator) * 0.02).to(device)
            weights["head_b"] = torch.zeros(1, device=device)
        self.names = sorted(n for n in weights if n != "word")
        self.master = [weights[n].clone().requires_grad_() for n in self.names]
        self.live = [p.detach().to(dtype).requires_grad_() for p in self.master]
        self.word = weights["word"].to(dtype)
        self.rate = rate
        groups = {}
        for name, p in zip(self.names, self.master):
            groups.setdefault((0.01 if p.dim() > 1 else 0.0, 5.0 if name.startswith("head") else 1.0), []).append(p)
        self.optimiser = torch.optim.AdamW([{"params": ps, "weight_decay": decay, "scale": scale} for (decay, scale), ps in groups.items()],
                                           lr=rate, betas=(0.9, 0.98), eps=1e-6, fused=device.type == "cuda")

    def weights(self):
        return dict(zip(self.names, self.live), word=self.word)

    def step(self, loss, share):
        """One step at a share of the schedule; a step whose loss is no number changes nothing."""
        loss.backward()
        for p, q in zip(self.master, self.live):
            p.grad = torch.zeros_like(p) if q.grad is None else q.grad.float()
            q.grad = None
        norm = torch.nn.utils.clip_grad_norm_(self.master, 1.0)
        for p in self.master:
            p.grad.copy_(torch.where(norm.isfinite(), p.grad, 0.0))
        for group in self.optimiser.param_groups:
            group["lr"] = self.rate * group["scale"] * min(1.0, share / 0.05 + 0.02) * max(0.0, 1 - share)
        self.optimiser.step()
        with torch.no_grad():
            torch._foreach_copy_(self.live, self.master)

    def state(self):
        return dict(zip(self.names, (p.detach().clone() for p in self.master)), word=self.word.float())


class Lists:
    """What is trained on: lists with the teachers' opinions, laid out in steps of a fixed number of tokens."""

    def __init__(self, data, queries, passages, lists, opinions, tokens):
        self.queries, self.passages, self.tokens = queries, passages, tokens
        self.device = queries.ids.device
        self.lists, self.opinions = lists.cpu().numpy(), opinions
        self.second = torch.full_like(opinions, float("nan"))
        valid = self.lists >= 0
        full = valid.sum(1) >= 4
        counts = torch.from_numpy(valid).to(self.device)
        mean = (opinions * counts).sum(1, keepdim=True) / counts.sum(1, keepdim=True).clamp(min=1)
        deviation = (((opinions - mean) ** 2 * counts).sum(1) / counts.sum(1).clamp(min=1)).sqrt()
        self.sharpness = SPREAD / float(deviation[torch.from_numpy(full).to(self.device)].mean())
        self.q_len, self.p_len = queries.lengths[:, None], np.where(valid, passages.lengths[self.lists.clip(0)], 0)
        self.positive = torch.from_numpy(data["q_positive"][:, 0] >= 0).to(self.device)
        share = np.where(data["q_positive"][:, 0] < 0, 0.0, np.where(data["q_judged"], JUDGED, WEAK))
        self.share = torch.from_numpy(share).float().to(self.device)
        self.rows = np.nonzero(full & ~data["q_held"])[0]
        self.held = np.nonzero(full & data["q_held"] & (data["q_positive"][:, 0] >= 0))[0]
        self.sets, self.q_set = data["sets"], data["q_set"]

    def sizes(self, rows, limits, split):
        q, p = self.q_len[rows], self.p_len[rows]
        if split:
            pairs = np.minimum(q, bert.QUERY_PART - 2) + np.minimum(p, limits[:, None] - bert.OFFSET - 1) + 3
        else:
            pairs = np.minimum(q + p + 3, limits[:, None])
        return np.where(self.lists[rows] >= 0, pairs, 0).sum(1)

    def steps(self, rows, rng, split):
        """(rows, limits) of each step of one pass."""
        rows = rng.permutation(rows)
        limits = rng.choice(LIMITS, len(rows), p=SHARES)
        ends = np.cumsum(self.sizes(rows, limits, split))
        start, n = 0, len(rows)
        while start < n:
            stop = int(np.searchsorted(ends, self.tokens + (ends[start - 1] if start else 0), side="right"))
            if stop == n:
                return
            yield rows[start:stop], limits[start:stop]
            start = stop

    def batch(self, rows, limits, split):
        found = self.lists[rows]
        of, at = np.nonzero(found >= 0)
        packed = torch.from_numpy(np.stack([of, at, rows[of], found[of, at], limits[of]])).to(self.device, non_blocking=True)
        of, at, q, p, limit = packed
        used = int(self.sizes(rows, limits, split).sum())
        return bert.pair_batch(self.queries, self.passages, q, p, limit, self.tokens, len(q), split, used) | {"of": of, "at": at}

    def scatter(self, n, batch, flat, empty):
        out = torch.full((n, self.lists.shape[1]), empty, device=self.device)
        return out.index_put((batch["of"], batch["at"]), flat.float())


def target_of(lists, index, valid, opinions, hard=1.0):
    """The softmax of the teachers' opinions with the share of the one-hot positive, times `hard`; and the one-hots."""
    hot = torch.zeros_like(opinions)
    hot[:, 0] = 1.0
    one = hard * lists.share[index][:, None]
    return (1 - one) * opinions.masked_fill(~valid, -1e4).softmax(1) + one * hot, hot


def taught(lists, model, split, teacher=None, blend=(1.0, 0.0), bce=0.1):
    """The loss of a step; `teacher` fills in its opinions where there are none yet."""

    def loss_of(index, batch, share):
        n = len(index)
        opinions = lists.opinions[index] * lists.sharpness * blend[0]
        valid = lists.scatter(n, batch, torch.ones(batch["n"], device=lists.device), 0.0) > 0
        if blend[1]:
            if teacher is not None:
                with torch.no_grad():
                    lists.second[index] = lists.scatter(n, batch, bert.logits(teacher, batch), 0.0)
            opinions = opinions + blend[1] * lists.second[index]
        target, hot = target_of(lists, index, valid, opinions)
        logits = lists.scatter(n, batch, bert.logits(model.weights(), batch, split), -1e4)
        anchored = (valid & lists.positive[index][:, None]).float()
        anchor = (F.binary_cross_entropy_with_logits(logits, hot, reduction="none") * anchored).sum() / anchored.sum().clamp(min=1)
        return F.cross_entropy(logits, target) + bce * anchor

    return loss_of


def train(lists, model, split, seconds, steps, seed, log, name, loss_of, rows=None, keep=None):
    """Trains for some seconds, or for a number of steps; `keep` is called every half minute."""
    rng, began, seconds = np.random.default_rng(seed), time.monotonic(), max(seconds, 5)
    rows = lists.rows if rows is None else rows
    done, total, window, share, passes, kept = 0, 0.0, 0, 0.0, 0, time.monotonic()
    while share < 1:
        passes += 1
        for chosen, limits in lists.steps(rows, rng, split):
            share = done / steps if steps else (time.monotonic() - began) / seconds
            if share >= 1:
                break
            batch = lists.batch(chosen, limits, split)
            loss = loss_of(torch.from_numpy(chosen).to(lists.device), batch, share)
            model.step(loss, share)
            done += 1
            window += 1
            total = total + loss.detach()
            if done % 10 == 0 and lists.device.type == "cuda":
                torch.cuda.synchronize()
            if done % 400 == 0 or done == 20:
                log(f"{name} step {done} loss {float(total) / window:.4f} share {share:.2f} {done * lists.tokens / (time.monotonic() - began):.0f} tokens/s")
                total, window = 0.0, 0
            if keep and time.monotonic() - kept > 30:
                keep()
                kept = time.monotonic()
    log(f"{name}: {done} steps of {lists.tokens} tokens, {passes} passes begun, {time.monotonic() - began:.1f} s")
    return done


@torch.no_grad()
def score(lists, weights, rows, split, limit=512):
    """Logits of whole lists."""
    out = torch.zeros(len(rows), lists.lists.shape[1])
    limits = np.full(len(rows), limit)
    ends = np.cumsum(lists.sizes(rows, limits, split))
    start = 0
    while start < len(rows):
        stop = max(start + 1, int(np.searchsorted(ends, lists.tokens + (ends[start - 1] if start else 0), side="right")))
        batch = lists.batch(rows[start:stop], limits[start:stop], split)
        out[start:stop] = lists.scatter(stop - start, batch, bert.logits(weights, batch, split), -1e4).cpu()
        start = stop
    return out.numpy()


class Tests(Lists):
    """The test candidates as lists."""

    def __init__(self, test, device, tokens):
        self.queries, self.passages = (bert.Texts(test[k], test[k + "_len"], device) for k in ("q", "p"))
        self.device, self.tokens, self.lists, self.test = device, tokens, test["top"], test
        self.q_len, self.p_len = self.queries.lengths[:, None], self.passages.lengths[self.lists]

    def report(self, weights, split, name, out, log):
        logits = score(self, weights, np.arange(len(self.lists)), split)
        np.save(out / f"{name}.test.npy", logits.astype(np.float16))
        base = mining.ndcg(self.test, self.test["cosine"])
        judged = self.test["names"] != "configuration"
        for mix in (0, *MIXES):
            mixed = np.logaddexp(0, logits + 1) + mix * self.test["cosine"] if mix else logits
            found = mining.ndcg(self.test, mixed)
            gain = (found - base)[judged]
            log(f"{name} + {mix} cos: mean {found[judged].mean():.4f} gain {gain.mean():+.4f} least {gain.min():+.4f} "
                f"{dict(zip(self.test['names'].tolist(), found.round(3).tolist()))}")
        return logits


def held_out(lists, weights, split, name, log):
    """Reciprocal rank of the positive in its list, by set, and the rows for calibration."""
    rows = lists.held
    logits = score(lists, weights, rows, split)
    rank = 1 + (logits[:, 1:] >= logits[:, :1]).sum(1)
    per_set = {str(s): round(float((1 / rank[lists.q_set[rows] == i]).mean()), 3) for i, s in enumerate(lists.sets) if (lists.q_set[rows] == i).any()}
    log(f"{name} held out: MRR {np.mean(list(per_set.values())):.4f} {json.dumps(per_set)}")
    return logits


def calibrated(weights, logits):
    """Scale and bias for which sigmoid(logit) fits the held-out labels, a quarter of the weight on positives, folded into the head."""
    valid = torch.from_numpy(logits > -1e3)
    x = torch.from_numpy(logits).double()
    y = torch.zeros_like(x)
    y[:, 0] = 1
    x, y = x[valid], y[valid]
    weight = torch.where(y > 0, 0.25 / y.sum(), 0.75 / (1 - y).sum())
    scale, bias = torch.ones(1, dtype=torch.double, requires_grad=True), torch.zeros(1, dtype=torch.double, requires_grad=True)
    fit = torch.optim.LBFGS([scale, bias], max_iter=100)

    def closure():
        fit.zero_grad()
        loss = F.binary_cross_entropy_with_logits(x * scale + bias, y, weight=weight, reduction="sum")
        loss.backward()
        return loss

    fit.step(closure)
    weights = dict(weights)
    weights["head_b"] = weights["head_b"] * scale.item() + bias.item()
    weights["head_w"] = weights["head_w"] * scale.item()
    return weights, scale.item(), bias.item()


def save(weights, path):
    """All but the word embeddings, which stay the base's, as 16-bit floats one after the other in the order of their names."""
    names = sorted(n for n in weights if n != "word")
    np.concatenate([weights[n].cpu().numpy().astype(np.float16).ravel() for n in names]).tofile(path.with_suffix(".tmp"))
    path.with_suffix(".json").write_text(json.dumps({n: list(weights[n].shape) for n in names}))
    path.with_suffix(".tmp").replace(path)


def finish(lists, tests, state, split, out, log):
    """Calibrates a trained model, writes it and measures it on the test candidates."""
    name = f"k{split}"
    half, brain = precisions(lists.device)
    live = {n: v.to(brain) for n, v in state.items()}
    state, scale, bias = calibrated(state, held_out(lists, live, split, name, log))
    log(f"{name}: calibrated with scale {scale:.3f}, bias {bias:.3f}")
    save(state, out / f"{name}.f16")
    tests.report({n: v.to(half) for n, v in state.items()}, split, name, out, log)


def precisions(device):
    """What is measured with and what is trained with."""
    return (torch.float16, torch.bfloat16) if device.type == "cuda" else (torch.float32, torch.float32)


def logger(path):
    written = open(path, "a", encoding="utf-8")

    def log(text):
        for stream in (written, None):
            print(f"{since():6.1f} {text}", file=stream, flush=True)

    return log


def prepare(args, device, log, mining_ends):
    """Mined lists and test candidates, the weights that were packed, and the first teacher's scores of the tests.

    A bi-encoder whose turn comes after `mining_ends` seconds is left out, and so are lists that are not made by then.
    """
    half, _ = precisions(device)
    data, stop = dict(np.load(args.ids / "train.npz")), np.load(args.ids / "stop.npy")
    if args.queries:
        for name in [n for n in data if n.startswith("q_")]:
            data[name] = data[name][:args.queries]
        data["q"] = data["q"][:int(data["q_len"].sum())]
    test = dict(np.load(args.ids / "test.npz"))
    queries, passages = (bert.Texts(data[k], data[k + "_len"], device) for k in ("q", "p"))
    log(f"{len(queries.lengths)} queries, {len(passages.lengths)} passages")
    weights = {name: bert.load(args.ids / f"{name}.npz", device) for name in mining.BI_ENCODERS if (args.ids / f"{name}.npz").exists()}
    with torch.no_grad():
        encoders = {name: {n: v.to(half) for n, v in w.items()} for name, w in weights.items()}
        bm25 = mining.Bm25(passages, stop)
        log("BM25 ready")
        chosen, first = mining.choose_teacher(test, encoders, bm25, stop, device, args.tokens, half, log)
        np.save(args.out / "first.test.npy", first.astype(np.float32))
        encoded = {}
        for name, w in encoders.items():
            kind, q_prefix, p_prefix = mining.BI_ENCODERS[name]
            if encoded and since() > mining_ends:
                log(f"out of time: {name} has no say")
            elif chosen[name]:
                encoded[name] = (mining.vectors(w, kind, queries, q_prefix, args.tokens, half), mining.vectors(w, kind, passages, p_prefix, args.tokens, half))
                log(f"{name}: all embedded")
        found, opinions = mining.build(data, queries, passages, encoded, bm25, chosen, device, log, args.seed, max(mining_ends - since(), 10))
    lists = Lists(data, queries, passages, found, opinions, args.tokens)
    tests = Tests(test, device, args.tokens)
    log(f"{len(lists.rows)} lists to train on, {len(lists.held)} held out, {(lists.lists >= 0).sum()} pairs, sharpness {lists.sharpness:.1f}")
    return lists, tests, weights, first


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--ids", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--budget", type=float, required=True, help="seconds in all")
    parser.add_argument("--steps", type=int, nargs="*", default=[], help="of teacher, model and each split, in place of their share of the time")
    parser.add_argument("--split", type=int, nargs="*", default=[4, 3, 5])
    parser.add_argument("--tokens", type=int, default=65536, help="of a step")
    parser.add_argument("--rate", type=float, nargs=3, default=[8e-5, 1.5e-4, 1.2e-4], help="of teacher, model and splits")
    parser.add_argument("--queries", type=int, help="only the first of them")
    parser.add_argument("--eager", action="store_true")
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    args.out.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(args.seed)
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    _, brain = precisions(device)
    log = logger(args.out / "log.txt")
    if not args.eager:
        log(bert.fuse(args.tokens, 384, device))
    lists, tests, weights, first = prepare(args, device, log, args.budget * 0.25)
    left, steps = args.budget - since() - 6, args.steps + [0] * 9
    whole = TEACHER + STUDENT + SPLIT * len(args.split)

    teacher = Model(weights["bge-small-en-v1.5"], brain, args.rate[0], args.seed)
    train(lists, teacher, 0, left * TEACHER / whole, steps[0], args.seed, log, "teacher", taught(lists, teacher, 0))
    save(teacher.state(), args.out / "teacher.f16")
    said = tests.report(teacher.weights(), 0, "teacher", args.out, log)
    held_out(lists, teacher.weights(), 0, "teacher", log)
    judged = tests.test["names"] != "configuration"
    blends = {(round(1 - b, 1), b): mining.ndcg(tests.test, (1 - b) * lists.sharpness * first + b * said)[judged].mean() for b in (0.0, 0.3, 0.5, 0.7, 1.0)}
    log(f"both teachers: { {k: round(float(v), 4) for k, v in blends.items()} }")
    blend = max((k for k in blends if k[1]), key=blends.get)

    left = args.budget - since() - 4
    model = Model(weights["base"], brain, args.rate[1], args.seed)
    train(lists, model, 0, left * STUDENT / (whole - TEACHER), steps[1], args.seed + 1, log, "k0", taught(lists, model, 0, teacher.weights(), blend))
    state = model.state()
    finish(lists, tests, state, 0, args.out, log)
    labelled = np.nonzero(~torch.isnan(lists.second).any(1).cpu().numpy())[0]
    labelled = np.intersect1d(labelled, lists.rows)
    for i, split in enumerate(args.split):
        left = args.budget - since() - 2
        model = Model(state, brain, args.rate[2], args.seed)
        train(lists, model, split, left / (len(args.split) - i), steps[2 + i], args.seed + 2 + i, log, f"k{split}",
              taught(lists, model, split, None, blend), labelled)
        finish(lists, tests, model.state(), split, args.out, log)
    if device.type == "cuda":
        log(f"done; at most {torch.cuda.max_memory_allocated() / 2**30:.1f} GiB")
    (args.out / "done").write_text("")


if __name__ == "__main__":
    main()
