"""Step 4b: trains split models from a checkpoint of the whole one, on one GPU.

    python distil_split.py --ids WORK/ids --from ../streamrank-minilm-l6-v2/checkpoint/k0.f16 --out WORK/split --budget 310 --split 3 4

A split model's lowest k layers see query and document apart, so that a document's part can be computed once and kept. The whole model
reads the same tokens and shows what to say. A step's loss has four parts:

* the cross-entropy of a list to the softmax of the whole model's logits, with a small share of the first teacher and of the judgements;
* the squared difference of each logit to the whole model's, as a share of their variance: it orders a list to its end and keeps the
  scale, so that the same mixture and bias fit;
* the same for the rows of the layer before the last, and
* for the last layer's first row; both fade out, as what counts at the end is the order.

Each `--split` goes on where the one before it ended: more layers are kept apart step by step. The lists are those of distil.py.
"""

import argparse
import json
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F

import bert
import lists as mining
from distil import Model, finish, logger, precisions, prepare, save, since, target_of, train

# Of the first teacher in a list's target, and of the one-hot shares that the whole model learnt with: it has them in its logits already.
FIRST, HARD = 0.15, 0.3
# Weights of a logit's difference, and of the layers' at the start.
LOGITS, STATES = 1.0, 1.0
# Seconds kept for calibrating and measuring a model.
AFTER = 8


def checkpoint(path, word, device):
    """The tensors of a checkpoint with the base's word embeddings."""
    shapes = json.loads(path.with_suffix(".json").read_text())
    flat, weights, start = np.fromfile(path, dtype=np.float16).astype(np.float32), {"word": word}, 0
    for name in sorted(shapes):
        size = int(np.prod(shapes[name]))
        weights[name] = torch.from_numpy(flat[start:start + size].reshape(shapes[name])).to(device)
        start += size
    if start != len(flat):
        raise ValueError(f"{path} holds {len(flat)} numbers and its shapes {start}: take both from one run")
    return weights


def unexplained(found, wanted):
    """Mean squared difference as a share of what is wanted's variance."""
    found, wanted = found.float(), wanted.float()
    return F.mse_loss(found, wanted) / (wanted - wanted.mean(0)).square().mean().clamp(min=1e-6)


def shown(lists, model, split, whole, parts):
    """The loss of a step; `parts` is given the latest of each part."""

    def loss_of(index, batch, share):
        n, used = len(index), batch["used"]
        states, wanted = [], []
        with torch.no_grad():
            said = bert.logits(whole, batch | {"positions": batch["whole_positions"]}, 0, wanted)
        flat = bert.logits(model.weights(), batch, split, states)
        valid = lists.scatter(n, batch, torch.ones(batch["n"], device=lists.device), 0.0) > 0
        opinions = FIRST * lists.sharpness * lists.opinions[index] + (1 - FIRST) * lists.scatter(n, batch, said, 0.0)
        target, _ = target_of(lists, index, valid, opinions, HARD)
        order = F.cross_entropy(lists.scatter(n, batch, flat, -1e4), target)
        logit = unexplained(flat, said)
        rows, first = unexplained(states[-2][:used], wanted[-2][:used]), unexplained(states[-1], wanted[-1])
        parts.update(order=order.detach(), logit=logit.detach(), rows=rows.detach(), first=first.detach())
        return order + LOGITS * logit + STATES * (1 - share) * (rows + first)

    return loss_of


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--ids", type=Path, required=True)
    parser.add_argument("--from", type=Path, required=True, dest="start", help="checkpoint of the whole model")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--budget", type=float, required=True, help="seconds in all")
    parser.add_argument("--mining", type=float, help="seconds after which no more lists are made; a quarter of the budget without it")
    parser.add_argument("--split", type=int, nargs="+", default=[3, 4])
    parser.add_argument("--shares", type=float, nargs="+", default=[0.4, 0.6], help="of the time, for each split")
    parser.add_argument("--steps", type=int, nargs="*", default=[], help="of each split, in place of its share of the time")
    parser.add_argument("--rate", type=float, default=2e-4)
    parser.add_argument("--tokens", type=int, default=65536, help="of a step")
    parser.add_argument("--queries", type=int, help="only the first of them")
    parser.add_argument("--eager", action="store_true")
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    if len(args.shares) != len(args.split):
        parser.error(f"{len(args.split)} splits need as many --shares, not {len(args.shares)}")
    args.out.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(args.seed)
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    half, brain = precisions(device)
    log = logger(args.out / "log.txt")
    lists, tests, weights, first = prepare(args, device, log, args.mining or args.budget / 4)
    state = checkpoint(args.start, weights.pop("base")["word"], device)
    del weights
    if not args.eager:
        log(bert.fuse(args.tokens, 384, device))
    said = tests.report({n: v.to(half) for n, v in state.items()}, 0, "k0", args.out, log)
    judged = tests.test["names"] != "configuration"
    for b in (0.0, FIRST, 0.3, 0.5):
        log(f"k0 with {b} of the first teacher: {mining.ndcg(tests.test, b * lists.sharpness * first + (1 - b) * said)[judged].mean():.4f}")
    whole = {n: v.to(brain) for n, v in state.items()}

    for i, split in enumerate(args.split):
        name = f"k{split}"
        left = args.budget - since() - AFTER * (len(args.split) - i)
        model, parts = Model(state, brain, args.rate, args.seed), {}

        def keep():
            save(model.state(), args.out / f"{name}.part.f16")
            log(f"{name}: { {n: round(float(v), 4) for n, v in parts.items()} }")

        steps = args.steps[i] if i < len(args.steps) else 0
        train(lists, model, split, left * args.shares[i] / sum(args.shares[i:]), steps, args.seed + 2 + i, log, name,
              shown(lists, model, split, whole, parts), keep=keep)
        log(f"{name}: { {n: round(float(v), 4) for n, v in parts.items()} }")
        state = model.state()
        finish(lists, tests, state, split, args.out, log)
    if device.type == "cuda":
        log(f"done; at most {torch.cuda.max_memory_allocated() / 2**30:.1f} GiB")
    (args.out / "done").write_text("")


if __name__ == "__main__":
    main()
