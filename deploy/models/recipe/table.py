"""Step 5: figures of what distil.py measured: nDCG@10 of each model's logit and of its mixtures, with 95% bootstrap intervals.

    python table.py k0 k3 k4 k5 --ids WORK/ids --weights WORK/weights --scale 0.75 --bias 2 --mix 8 15

Reads test.npz and `<name>.test.npy`; scale and bias are those given to assemble.py.
"""

import argparse
from pathlib import Path

import numpy as np

from evaluate import interval


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="+")
    parser.add_argument("--ids", type=Path, required=True)
    parser.add_argument("--weights", type=Path, required=True)
    parser.add_argument("--scale", type=float, default=1.0)
    parser.add_argument("--bias", type=float, default=0.0)
    parser.add_argument("--mix", type=float, nargs="*", default=[])
    parser.add_argument("--against", help="a name whose rows the differences are to, retrieval without it")
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    test = np.load(args.ids / "test.npz")
    names = test["names"].tolist()
    rng = np.random.default_rng(args.seed)

    def each(scores):
        order = np.argsort(-scores, axis=1, kind="stable")[:, :10]
        gains = np.take_along_axis(test["gain"].astype(float), order, axis=1)
        return (gains / np.log2(np.arange(2, 12))).sum(1) / test["ideal"]

    def scored(name, mix):
        logits = args.scale * np.load(args.weights / f"{name}.test.npy").astype(float) + args.bias
        return each(np.logaddexp(0, logits + 1) + mix * test["cosine"] if mix else logits)

    of = [np.nonzero(test["q_of"] == i)[0] for i in range(len(names))]
    judged = [i for i, name in enumerate(names) if name != "configuration"]
    print("| | " + " | ".join(names[i] for i in judged) + " | mean | difference | least | configuration |")
    print("|---" * (len(judged) + 5) + "|")
    retrieval = each(test["cosine"])
    for label, values, base in [("retrieval", retrieval, retrieval)] + [
            (name + (f" + {mix:g} cos" if mix else ""), scored(name, mix), scored(args.against, mix) if args.against else retrieval)
            for name in args.names for mix in [0.0, *args.mix]]:
        difference = values - base
        means = [values[of[i]].mean() for i in range(len(names))]
        drawn = np.mean([rng.choice(difference[of[i]], (4000, len(of[i]))).mean(1) for i in judged], axis=0)
        least = min(difference[of[i]].mean() for i in judged)
        other = [i for i in range(len(names)) if i not in judged]
        tail = " ".join(f"{means[i]:.3f} ({x[0]:+.3f} [{x[1]:+.3f}, {x[2]:+.3f}])" for i in other for x in [interval(difference[of[i]], rng)])
        print(f"| {label} | " + " | ".join(f"{means[i]:.3f}" for i in judged) + f" | {np.mean([means[i] for i in judged]):.4f} | "
              f"{np.mean([difference[of[i]].mean() for i in judged]):+.4f} [{np.quantile(drawn, 0.025):+.3f}, {np.quantile(drawn, 0.975):+.3f}] "
              f"| {least:+.3f} | {tail} |")


if __name__ == "__main__":
    main()
