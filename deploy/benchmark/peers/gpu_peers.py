# Copyright the StreamRank authors
# SPDX-License-Identifier: Apache-2.0
"""Peers of `./streamrank benchmark --peer NAME=COMMAND` on a GPU, with BERT-shaped cross-encoders in half precision.

    python gpu_peers.py predict --pairs {pairs} --model DIR
    python gpu_peers.py packed --pairs {pairs} --model DIR

predict is sentence-transformers' CrossEncoder, a call a query, as an application does it. packed is the nearest to a
server such as text-embeddings-inference that runs without one: pairs are tokenised beforehand, batches hold many queries,
and no token of a batch is padding. Without a GPU both run on the CPU in full precision, to check that they work.
"""

import argparse
import itertools
import json
import sys
from pathlib import Path

import torch

from peers import queries

MOST_TOKENS = 32768


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("peer", choices=sorted(PEERS))
    parser.add_argument("--pairs", required=True, type=Path)
    parser.add_argument("--model", required=True, type=Path)
    parser.add_argument("--batch", type=int, default=32, help="CrossEncoder.predict's batch_size")
    args = parser.parse_args()
    args.device = "cuda" if torch.cuda.is_available() else "cpu"
    args.dtype = torch.float16 if args.device == "cuda" else torch.float32
    return args


def predict(args, work):
    """Returns what scores queries by their positions in the file."""
    from sentence_transformers import CrossEncoder

    model = CrossEncoder(
        str(args.model), device=args.device, activation_fn=torch.nn.Identity(), model_kwargs={"torch_dtype": args.dtype}
    )

    def score(positions):
        for position in positions:
            query, passages, _ = work[position]
            pairs = [(query, passage) for passage in passages]
            logits = model.predict(pairs, batch_size=args.batch, show_progress_bar=False)
            yield position, logits.tolist()

    return score


def packed(args, work):
    """Returns what scores queries by their positions in the file, with all tokens of a batch in one row."""
    from tokenizers import Tokenizer
    from transformers import AutoModelForSequenceClassification

    tokenizer = Tokenizer.from_file(str(args.model / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.enable_truncation(512)
    encoded = [tokenizer.encode_batch([(query, passage) for passage in passages]) for query, passages, _ in work]
    model = AutoModelForSequenceClassification.from_pretrained(args.model).to(args.device, args.dtype).eval()

    @torch.inference_mode()
    def score(positions):
        todo = [(position, i) for position in positions for i in range(len(encoded[position]))]
        result = {}
        while todo:
            batch, tokens = [], 0
            while todo and (not batch or tokens + len(encoded[todo[-1][0]][todo[-1][1]].ids) <= MOST_TOKENS):
                batch.append(todo.pop())
                tokens += len(encoded[batch[-1][0]][batch[-1][1]].ids)
            logits = forward(model, [encoded[position][i] for position, i in batch], args.device)
            result.update(zip(batch, logits.float().reshape(-1).tolist()))
        for position in positions:
            yield position, [result[position, i] for i in range(len(encoded[position]))]

    return score


def forward(model, pairs, device):
    """BERT over the concatenated tokens of all pairs; each attends to its own pair alone."""
    lengths = [len(pair.ids) for pair in pairs]
    starts = torch.tensor([0, *itertools.accumulate(lengths)], dtype=torch.int32, device=device)
    ids = torch.tensor(list(itertools.chain.from_iterable(p.ids for p in pairs)), device=device)
    types = torch.tensor(list(itertools.chain.from_iterable(p.type_ids for p in pairs)), device=device)
    places = torch.tensor(list(itertools.chain.from_iterable(map(range, lengths))), device=device)
    bert, heads = model.bert, model.config.num_attention_heads
    table = bert.embeddings
    x = table.LayerNorm(
        table.word_embeddings(ids) + table.token_type_embeddings(types) + table.position_embeddings(places)
    )
    for layer in bert.encoder.layer:
        own = layer.attention.self
        q, k, v = (f(x).view(len(ids), heads, -1) for f in (own.query, own.key, own.value))
        attended = attention(q, k, v, starts, lengths).reshape(len(ids), -1)
        out = layer.attention.output
        x = out.LayerNorm(out.dense(attended) + x)
        wide = layer.intermediate.intermediate_act_fn(layer.intermediate.dense(x))
        x = layer.output.LayerNorm(layer.output.dense(wide) + x)
    first = x[starts[:-1].long()]
    return model.classifier(bert.pooler.activation(bert.pooler.dense(first)))


def attention(q, k, v, starts, lengths):
    """Flash attention over packed sequences on a GPU; one sequence after the other on a CPU."""
    if q.is_cuda:
        from torch.nn.attention.varlen import varlen_attn

        return varlen_attn(q, k, v, starts, starts, max(lengths), max(lengths))
    parts = []
    for begin, length in zip(starts.tolist(), lengths):
        one = [t[begin : begin + length].transpose(0, 1) for t in (q, k, v)]
        parts.append(torch.nn.functional.scaled_dot_product_attention(*one).transpose(0, 1))
    return torch.cat(parts)


PEERS = {"packed": packed, "predict": predict}


def main():
    args = arguments()
    work = queries(args.pairs)
    score = PEERS[args.peer](args, work)
    following = itertools.cycle(range(len(work)))
    list(score([0]))
    print("ready", flush=True)
    for line in sys.stdin:
        left, difference = int(line), 0.0
        while left > 0:  # an order of more than the file has goes round again
            part = list(itertools.islice(following, min(left, len(work))))
            for position, logits in score(part):
                expected = work[position][2]
                difference = max(difference, max(abs(a - b) for a, b in zip(logits, expected)))
            left -= len(part)
        print(json.dumps({"max_difference": difference}), flush=True)


if __name__ == "__main__":
    main()
