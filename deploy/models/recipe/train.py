"""Step 2: the cross-encoder.

    python train.py --mined WORK/mined --base MODEL_DIR --out WORK/run --minutes 90 [--resume]

Each step scores lists of one positive and several negatives; the loss is softmax cross-entropy over the list plus a
little binary cross-entropy, which keeps the logit's zero meaningful. With `--teacher KIND=DIR` (see teach.py), a part of
the target is what the teacher says, and other lists in every step hold candidates that were retrieved for a query
without judgements, for which the teacher alone is the target. The learning rate decays over `--minutes` of training
time, so that a run always ends annealed. `last.pt` is written every few minutes; `--resume` goes on from it, `--start`
takes only the weights of another run.
"""

import argparse
import copy
import json
import queue as queue_module
import random
import re
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from transformers import BertForSequenceClassification

from common import STOP_WORDS, load_tokenizer, read_jsonl
from teach import Teacher, candidates, invented_query

# Lists taken of a set in one epoch (twice its size at most), so that the large, uniform ones do not dominate.
LISTS = {"medquad": 2500, "tldr": 2500, "policyqa_dev_test": 900, "python_docstrings": 2200, "selqa_dev": 1400,
         "beer_stackexchange": 900, "covid_faq": 350, "cosqa_qa_dev": 900}
SEPARATORS = [" ", " ", ". ", ": ", "\n", " - "]
# Token limits of a list with their shares: mostly short, a few long so that long inputs are not foreign.
LIMITS, SHARES = (112, 176, 384), (0.45, 0.5, 0.05)


class Lists:
    """Draws training lists: query, passages, labels, each time anew."""

    def __init__(self, mined, negatives):
        self.passages = read_jsonl(mined / "passages.jsonl")
        groups = read_jsonl(mined / "groups.jsonl")
        self.negatives = negatives
        self.by_set = {}
        for g in groups:
            if g["split"] == "train" and (g["positives"] or g["judged"]):
                self.by_set.setdefault(g["set"], []).append(g)
        # Passages of held-out documents stay unseen even as negatives.
        self.held = {p for g in groups if g["split"] == "dev" for p in g["positives"]}
        self.of_set = {}
        for i, p in enumerate(self.passages):
            if i not in self.held:
                self.of_set.setdefault(p["set"], []).append(i)
        self.dev = []
        rng = random.Random(5)
        for name in self.by_set:
            held = [g for g in groups if g["set"] == name and g["split"] == "dev" and g["positives"]]
            self.dev += rng.sample(held, min(20, len(held)))

    def epoch(self, rng):
        drawn = []
        for name, groups in self.by_set.items():
            n = LISTS.get(name, len(groups))
            while n > 0:
                drawn += rng.sample(groups, min(n, len(groups)))
                n -= len(groups)
        rng.shuffle(drawn)
        return drawn

    def text(self, i, style):
        p = self.passages[i]
        separator, titled = style
        return p["title"] + separator + p["text"] if titled and p["title"] else p["text"]

    def draw(self, group, rng):
        """(query, passages, texts, labels); labels[0] is 1 except in lists that only hold judged negatives."""
        style = (rng.choice(SEPARATORS), rng.random() < 0.7)
        if not group["positives"]:
            picked = rng.sample(group["judged"], min(2, len(group["judged"])))
            return alter(group["query"], rng), picked, [self.text(i, style) for i in picked], [0] * len(picked)
        positive = rng.choice(group["positives"])
        taken, negatives = set(group["positives"]), []

        def add(pool, n):
            pool = [i for i in pool if i not in taken and i not in self.held]
            for i in rng.sample(pool, min(n, len(pool))):
                taken.add(i)
                negatives.append(i)

        add(group["judged"], 2)
        add(group["dense"], self.negatives // 2)
        add(group["sparse"], 1 if group["judged"] else 2)
        add(self.of_set[group["set"]], 1)
        anywhere = [rng.choice(rng.choice(list(self.of_set.values()))) for _ in range(4)]
        add(anywhere, max(0, self.negatives - len(negatives)))
        query, picked = group["query"], [positive] + negatives
        texts = [self.text(i, style) for i in picked]
        if rng.random() < 0.1:  # a sentence, or its words, taken out of the passage, in place of the query
            cloze = sentence_out(self.passages[positive]["text"], rng)
            if cloze:
                query, texts[0] = cloze
        return alter(query, rng), picked, texts, [1] + [0] * len(negatives)

    def unjudged(self, groups, rng):
        """(query, passage it was made of or -1): a need of which nobody said what answers it."""
        if rng.random() < 0.25:
            return alter(rng.choice(groups)["query"], rng), -1
        while True:
            i = rng.choice(rng.choice(list(self.of_set.values())))
            query = alter(invented_query(self.passages[i], rng), rng)
            if query.strip():
                return query, i


def sentence_out(text, rng):
    sentences = re.split(r"(?<=[.!?]) +", text[:1500])
    if len(sentences) < 3:
        return None
    i = rng.randrange(len(sentences))
    words = sentences[i].split()
    if not 6 <= len(words) <= 40:
        return None
    rest = " ".join(sentences[:i] + sentences[i + 1:])
    if rng.random() < 0.6:
        words = [w for w in words if w.lower() not in STOP_WORDS]
        start = rng.randrange(max(1, len(words) - 8))
        words = words[start:start + rng.randint(3, 10)]
    return " ".join(words), rest


def alter(query, rng):
    chance = rng.random()
    if chance < 0.2:
        query = query.lower()
    elif chance < 0.4:
        query = query.rstrip(" ?.")
    elif chance < 0.5:
        kept = [w for w in re.findall(r"[\w'-]+", query) if w.lower() not in STOP_WORDS]
        query = " ".join(kept) if len(kept) >= 2 else query
    return query


def encode(tokenizer, query, text, limit):
    """The pair as the tokenizer would encode it, the text truncated to the limit."""
    q = tokenizer.encode(query, add_special_tokens=False).ids[:limit // 2]
    p = tokenizer.encode(text[:limit * 12], add_special_tokens=False).ids[:limit - 3 - len(q)]
    return [101] + q + [102] + p + [102], len(q) + 2


def forward(model, pairs):
    """Logits of the pairs without spending time on padding: only attention sees padded rows."""
    bert = model.bert
    lengths = torch.tensor([len(ids) for ids, _ in pairs])
    width = int(lengths.max())
    mask = torch.arange(width)[None] < lengths[:, None]
    ids = torch.tensor([t for tokens, _ in pairs for t in tokens])
    types = torch.tensor([int(i >= n) for tokens, n in pairs for i in range(len(tokens))])
    positions = torch.arange(width).expand(len(pairs), -1)[mask]
    rows = torch.nonzero(mask.view(-1)).squeeze(1)
    e = bert.embeddings
    x = e.LayerNorm(e.word_embeddings(ids) + e.position_embeddings(positions) + e.token_type_embeddings(types))
    heads = model.config.num_attention_heads
    size = model.config.hidden_size // heads
    bias = torch.zeros(len(pairs), 1, 1, width).masked_fill(~mask[:, None, None], -1e4)
    if torch.is_autocast_enabled("cpu"):
        bias = bias.bfloat16()
    for layer in bert.encoder.layer:
        a = layer.attention.self
        weight = torch.cat([a.query.weight, a.key.weight, a.value.weight])
        qkv = F.linear(x, weight, torch.cat([a.query.bias, a.key.bias, a.value.bias]))
        padded = qkv.new_zeros(len(pairs) * width, qkv.shape[1]).index_copy(0, rows, qkv)
        q, k, v = padded.view(len(pairs), width, 3, heads, size).permute(2, 0, 3, 1, 4)
        scores = q @ k.transpose(-1, -2) * size ** -0.5 + bias
        context = (scores.softmax(-1).to(v.dtype) @ v).transpose(1, 2).reshape(len(pairs) * width, -1)[rows]
        out = layer.attention.output
        x = out.LayerNorm(out.dense(context) + x)
        x = layer.output.LayerNorm(layer.output.dense(F.gelu(layer.intermediate.dense(x))) + x)
    first = torch.cat([torch.zeros(1, dtype=torch.long), lengths.cumsum(0)[:-1]])
    return model.classifier(bert.pooler(x[first].unsqueeze(1))).squeeze(-1).float()


def micro_batches(lists, budget):
    """Whole lists of similar length, up to a number of tokens."""
    batch, tokens = [], 0
    for item in sorted(lists, key=lambda item: sum(len(ids) for ids, _ in item[0]) / len(item[0])):
        n = sum(len(ids) for ids, _ in item[0])
        if batch and tokens + n > budget:
            yield batch
            batch, tokens = [], 0
        batch.append(item)
        tokens += n
    if batch:
        yield batch


def loss_of(model, batch, args, lists_in_step):
    logits = forward(model, [p for pairs, *_ in batch for p in pairs])
    total, start = 0.0, 0
    for pairs, labels, opinions in batch:
        scores = logits[start:start + len(pairs)]
        start += len(pairs)
        share = 0.0 if opinions is None else args.taught if labels else 1.0
        if share:
            taught = torch.tensor(opinions * args.sharpness, dtype=torch.float).softmax(0)
            total = total + share * F.cross_entropy(scores[None], taught[None])
        if labels:
            if labels[0]:
                total = total + (1 - share) * F.cross_entropy(scores[None], torch.zeros(1, dtype=torch.long))
            target = torch.tensor(labels, dtype=torch.float)
            total = total + args.bce * F.binary_cross_entropy_with_logits(scores, target)
    return total / lists_in_step


def draw_step(lists, judged, groups, teacher, tokenizer, args, rng):
    """The lists of one step: (pairs, labels or None, the teacher's opinions or None) each."""
    chosen = [lists.draw(group, rng) for group in judged]
    unjudged = [lists.unjudged(groups, rng) for _ in range(args.unjudged)] if teacher else []
    opinions = first = None
    if teacher:
        opinions, first = teacher.opinions([query for query, *_ in chosen + unjudged])
    for row, (query, source) in enumerate(unjudged, len(chosen)):
        barred = lists.held | ({source} if rng.random() < 0.7 else set())
        picked = candidates(first[row], barred, args.negatives + 1, rng)
        style = (rng.choice(SEPARATORS), rng.random() < 0.7)
        chosen.append((query, picked, [lists.text(i, style) for i in picked], None))
    drawn = []
    for row, (query, picked, texts, labels) in enumerate(chosen):
        limit = rng.choices(LIMITS, SHARES)[0]
        drawn.append(([encode(tokenizer, query, t, limit) for t in texts], labels, opinions[row][picked] if teacher else None))
    return drawn


@torch.no_grad()
def held_out(model, lists, tokenizer, args):
    """Reciprocal rank and (logit, label) rows of the held-out queries, each with 15 mined negatives."""
    model.eval()
    ranks, rows = {}, []
    for g in lists.dev:
        negatives = [i for i in dict.fromkeys(g["judged"][:5] + g["dense"] + g["sparse"]) if i not in g["positives"]][:15]
        texts = [lists.text(i, (" ", True)) for i in g["positives"][:1] + negatives]
        pairs = [encode(tokenizer, g["query"], t, 176) for t in texts]
        with torch.autocast("cpu", dtype=torch.bfloat16, enabled=args.bf16):
            logits = forward(model, pairs).numpy()
        rank = 1 + int((logits[1:] >= logits[0]).sum())
        ranks.setdefault(g["set"], []).append(1 / rank)
        rows += [(float(x), int(i == 0)) for i, x in enumerate(logits)]
    model.train()
    per_set = {name: round(float(np.mean(v)), 3) for name, v in ranks.items()}
    return float(np.mean(list(per_set.values()))), per_set, rows


def calibrate(model, rows):
    """Scale and bias for which sigmoid(logit) fits the held-out labels, a quarter of the weight on positives.

    Folded into the classifier; the order of scores does not change.
    """
    x = torch.tensor([r[0] for r in rows], dtype=torch.double)
    y = torch.tensor([r[1] for r in rows], dtype=torch.double)
    weight = torch.where(y > 0, 0.25 / y.sum(), 0.75 / (1 - y).sum())
    scale, bias = torch.ones(1, dtype=torch.double, requires_grad=True), torch.zeros(1, dtype=torch.double, requires_grad=True)
    fit = torch.optim.LBFGS([scale, bias], max_iter=200)

    def closure():
        fit.zero_grad()
        loss = F.binary_cross_entropy_with_logits(x * scale + bias, y, weight=weight, reduction="sum")
        loss.backward()
        return loss

    fit.step(closure)
    assert scale.item() > 0
    with torch.no_grad():
        model.classifier.weight.mul_(scale.item())
        model.classifier.bias.mul_(scale.item()).add_(bias.item())
    return scale.item(), bias.item()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--mined", type=Path, required=True)
    parser.add_argument("--base", type=Path, required=True, help="folder of all-MiniLM-L6-v2")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--minutes", type=float, required=True, help="training time, over which the rate decays")
    parser.add_argument("--rate", type=float, default=8e-5)
    parser.add_argument("--lists", type=int, default=16, help="lists in one step")
    parser.add_argument("--negatives", type=int, default=6)
    parser.add_argument("--bce", type=float, default=0.2)
    parser.add_argument("--teacher", action="append", default=[], metavar="KIND=DIR", help="a bi-encoder, the one that retrieves first")
    parser.add_argument("--taught", type=float, default=0.4, help="the teacher's share in the target of judged lists")
    parser.add_argument("--sharpness", type=float, default=30, help="the teacher's scores are multiplied with it before the softmax")
    parser.add_argument("--unjudged", type=int, default=8, help="lists in one step, beside the judged, that only the teacher judges")
    parser.add_argument("--start", type=Path, help="checkpoint of another run, whose weights to start from")
    parser.add_argument("--budget", type=int, default=2500, help="tokens of a micro-batch")
    parser.add_argument("--fp32", dest="bf16", action="store_false")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--test-every", type=float, default=60, help="minutes between tests on the held-out queries")
    parser.add_argument("--resume", action="store_true")
    args = parser.parse_args()
    args.out.mkdir(parents=True, exist_ok=True)
    torch.set_num_threads(args.threads)
    torch.manual_seed(args.seed)
    rng = random.Random(args.seed)
    lists = Lists(args.mined, args.negatives)
    groups = [g for of_set in lists.by_set.values() for g in of_set]
    teacher = None
    if args.teacher:
        folders = dict(kind.split("=", 1) for kind in args.teacher)
        teacher = Teacher(folders, lists.passages, args.mined, args.threads)
    tokenizer = load_tokenizer(args.base / "tokenizer.json")
    model = BertForSequenceClassification.from_pretrained(args.base, num_labels=1).float().train()
    model.bert.embeddings.word_embeddings.requires_grad_(False)
    decayed, plain, head = [], [], []
    for name, p in model.named_parameters():
        if p.requires_grad:
            (head if name.startswith("classifier") else decayed if p.dim() > 1 else plain).append(p)
    optimiser = torch.optim.AdamW([
        {"params": decayed, "weight_decay": 0.01, "scale": 1.0}, {"params": plain, "weight_decay": 0.0, "scale": 1.0},
        {"params": head, "weight_decay": 0.01, "scale": 5.0}], lr=args.rate, betas=(0.9, 0.98), eps=1e-6)
    step, elapsed, queue = 0, 0.0, []
    checkpoint = args.out / "last.pt"
    if args.start and not (args.resume and checkpoint.exists()):
        model.load_state_dict(torch.load(args.start, weights_only=False)["model"])
    if args.resume and checkpoint.exists():
        state = torch.load(checkpoint, weights_only=False)
        model.load_state_dict(state["model"])
        optimiser.load_state_dict(state["optimiser"])
        step, elapsed = state["step"], state["elapsed"]
        rng.setstate(state["rng"])
        queue = state["queue"]
        print(f"resumed at step {step}, {elapsed / 60:.1f} min")
    budget, saved, tested, shown, sums, tokens = args.minutes * 60, elapsed, elapsed, elapsed, [0.0, 0], 0

    def save():
        state = {"model": model.state_dict(), "optimiser": optimiser.state_dict(), "step": step, "elapsed": elapsed,
                 "rng": rng.getstate(), "queue": queue}
        torch.save(state, checkpoint.with_suffix(".tmp"))
        checkpoint.with_suffix(".tmp").replace(checkpoint)

    # One thread a replica, not several a matrix product: on busy machines the threads of a product wait for each other.
    replicas = [model] + [copy.deepcopy(model) for _ in range(args.threads - 1)]
    for replica in replicas[1:]:
        for mine, shared in zip(replica.parameters(), model.parameters()):
            mine.data = shared.data
    free = queue_module.SimpleQueue()
    for replica in replicas:
        free.put(replica)

    def work(batch):
        torch.set_num_threads(1)
        replica = free.get()
        with torch.autocast("cpu", dtype=torch.bfloat16, enabled=args.bf16):
            loss = loss_of(replica, batch, args, len(drawn))
        loss.backward()
        free.put(replica)
        return sum(len(ids) for pairs, *_ in batch for ids, _ in pairs), loss.item()

    pool = ThreadPoolExecutor(args.threads)
    while elapsed < budget:
        began = time.monotonic()
        if len(queue) < args.lists:
            queue = lists.epoch(rng)
            print(f"epoch of {len(queue)} lists", flush=True)
        drawn = draw_step(lists, queue[:args.lists], groups, teacher, tokenizer, args, rng)
        queue = queue[args.lists:]
        done = elapsed / budget
        rate = args.rate * min(1.0, done / 0.04 + 0.02) * max(0.0, 1 - done)
        for group in optimiser.param_groups:
            group["lr"] = rate * group["scale"]
        for n, loss in pool.map(work, micro_batches(drawn, args.budget)):
            tokens += n
            sums[0] += loss
        for p, *others in zip(*(r.parameters() for r in replicas)):
            for other in others:
                if other.grad is not None:
                    p.grad = other.grad if p.grad is None else p.grad.add_(other.grad)
                    other.grad = None
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimiser.step()
        optimiser.zero_grad(set_to_none=True)
        step += 1
        sums[1] += 1
        elapsed += time.monotonic() - began
        if elapsed - shown > 60:
            print(f"{elapsed / 60:6.1f}/{args.minutes:.0f} min  step {step}  loss {sums[0] / sums[1]:.4f}  rate {rate:.2e}  "
                  f"{tokens / (elapsed - shown):.0f} tokens/s", flush=True)
            sums, tokens, shown = [0.0, 0], 0, elapsed
        if elapsed - saved > 180:
            save()
            saved = elapsed
        if elapsed - tested > args.test_every * 60:
            mean, per_set, _ = held_out(model, lists, tokenizer, args)
            print(f"held out: MRR {mean:.4f} {json.dumps(per_set)}", flush=True)
            tested = elapsed
    save()
    mean, per_set, rows = held_out(model, lists, tokenizer, args)
    scale, bias = calibrate(model, rows)
    print(f"held out: MRR {mean:.4f} {json.dumps(per_set)}; calibrated with scale {scale:.3f}, bias {bias:.3f}", flush=True)
    model.save_pretrained(args.out / "final")
    tokenizer.save(str(args.out / "final" / "tokenizer.json"))
    for name in ("tokenizer_config.json", "special_tokens_map.json"):
        (args.out / "final" / name).write_bytes((args.base / name).read_bytes())


if __name__ == "__main__":
    main()
