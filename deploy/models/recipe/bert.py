"""BERT over packed sequences: no padding, one long row of tokens and where each sequence ends.

The lowest `split` layers of a cross-encoder can be kept from seeing query and document together: then only the ends differ that
attention is told, and a document's tokens are counted from a fixed position, whatever the query's length.
"""

import numpy as np
import torch
import torch.nn.functional as F

CLS, SEP = 101, 102
# First position of a document's tokens in a split model, and the tokens that the query's part may have; a document's, 480.
OFFSET, QUERY_PART = 32, 128
HEADS = 12


def load(path, device):
    """The tensors of pack.py, dequantised."""
    stored = np.load(path)
    tensors = {}
    for name in stored.files:
        if not name.endswith("!scale"):
            tensors[name] = torch.from_numpy(stored[name]).to(device).float()
            if name + "!scale" in stored.files:
                tensors[name] *= torch.from_numpy(stored[name + "!scale"]).to(device)
    return tensors


def layers(weights):
    return 1 + max(int(name.split(".")[0]) for name in weights if name[0].isdigit())


def attend(q, k, v, ends_q, ends_k, longest_q, longest_k):
    """Rows of (tokens, heads, size); row i of sequence s attends to the rows of s."""
    if q.is_cuda:
        from torch.nn.attention.varlen import varlen_attn

        return varlen_attn(q, k, v, ends_q, ends_k, longest_q, longest_k)
    bounds = zip(ends_q.tolist(), ends_q[1:].tolist(), ends_k.tolist(), ends_k[1:].tolist())
    parts = [F.scaled_dot_product_attention(*(x.transpose(0, 1) for x in (q[a:b], k[c:d], v[c:d]))).transpose(0, 1) for a, b, c, d in bounds if b > a]
    return torch.cat(parts)


def norm(x, weight, bias):
    return F.layer_norm(x, (x.shape[-1],), weight, bias, 1e-12)


def after_attention(x, context, out_w, out_b, n1_w, n1_b, up_w, up_b, down_w, down_b, n2_w, n2_b):
    h = norm(F.linear(context, out_w, out_b) + x, n1_w, n1_b)
    return norm(F.linear(F.gelu(F.linear(h, up_w, up_b)), down_w, down_b) + h, n2_w, n2_b)


fused = {"after": after_attention}


def fuse(tokens, width, device):
    """Compiles what follows attention for rows of `tokens` tokens in bfloat16, where the compiler is at hand and right."""
    try:
        from torch import _dynamo

        # A form that cannot be compiled later on is computed as it stands.
        _dynamo.config.suppress_errors = True
        made = torch.compile(after_attention, dynamic=False)
        generator = torch.Generator(device=device).manual_seed(0)
        shapes = [(tokens, width)] * 2 + [(width, width)] + [(width,)] * 3 + [(4 * width, width), (4 * width,), (width, 4 * width)] + [(width,)] * 3
        parts = [torch.randn(s, generator=generator, device=device, dtype=torch.bfloat16).mul_(0.05).requires_grad_() for s in shapes]
        one, other = made(*parts), after_attention(*parts)
        worst = float((one - other).float().norm() / other.float().norm())
        one.float().square().mean().backward()
        if not worst < 0.02:
            raise ValueError(f"compiled layers differ by {worst}")
        with torch.no_grad():
            made(*(part.detach() for part in parts))
        fused["after"] = made
        return f"layers are compiled, within {worst:.1e}"
    except Exception as failure:
        return f"layers are not compiled: {failure!r}"[:500]


def feed_forward(w, i, x, context, whole=True):
    names = ("out_w", "out_b", "n1_w", "n1_b", "up_w", "up_b", "down_w", "down_b", "n2_w", "n2_b")
    made = fused["after"] if whole and x.dtype == torch.bfloat16 else after_attention
    return made(x, context, *(w[f"{i}.{n}"] for n in names))


def embed(w, ids, positions, types):
    x = F.embedding(ids, w["word"]) + F.embedding(positions, w["pos"]) + w["type"][0]
    if types is not None:
        x = x + types[:, None].to(x.dtype) * (w["type"][1] - w["type"][0])
    return norm(x, w["eln_w"], w["eln_b"])


def encode(w, ids, positions, ends, longest):
    """The last layer's rows of single texts."""
    x = embed(w, ids, positions, None)
    for i in range(layers(w)):
        q, k, v = F.linear(x, w[f"{i}.qkv_w"], w[f"{i}.qkv_b"]).view(len(x), 3, HEADS, -1).unbind(1)
        x = feed_forward(w, i, x, attend(q, k, v, ends, ends, longest, longest).reshape(len(x), -1))
    return x


def logits(w, batch, split=0, states=None):
    """One logit a pair; of the last layer only the first token's row is computed. `states` is given every layer's rows."""
    x = embed(w, batch["ids"], batch["positions"], batch["types"])
    n, longest, width = layers(w), batch["longest"], x.shape[1]
    for i in range(n - 1):
        ends = batch["part_ends"] if i < split else batch["ends"]
        q, k, v = F.linear(x, w[f"{i}.qkv_w"], w[f"{i}.qkv_b"]).view(len(x), 3, HEADS, -1).unbind(1)
        x = feed_forward(w, i, x, attend(q, k, v, ends, ends, longest, longest).reshape(len(x), -1))
        if states is not None:
            states.append(x)
    i = n - 1
    first = x[batch["ends"][:batch["n"]].long()]
    q = F.linear(first, w[f"{i}.qkv_w"][:width], w[f"{i}.qkv_b"][:width]).view(len(first), HEADS, -1)
    # Without the filled-up rows: nothing attends to them, so nothing would write their gradient.
    k, v = F.linear(x[:batch["used"]], w[f"{i}.qkv_w"][width:], w[f"{i}.qkv_b"][width:]).view(batch["used"], 2, HEADS, -1).unbind(1)
    one = torch.arange(len(first) + 1, dtype=torch.int32, device=x.device)
    context = attend(q, k, v, one, batch["ends"][:batch["n"] + 1], 1, longest).reshape(len(first), -1)
    first = feed_forward(w, i, first, context, whole=False)
    if states is not None:
        states.append(first)
    pooled = torch.tanh(F.linear(first, w["pool_w"], w["pool_b"]))
    return F.linear(pooled.float(), w["head_w"].float(), w["head_b"].float()).squeeze(-1)


class Texts:
    """Token ids of many texts in one row on the device."""

    def __init__(self, ids, lengths, device):
        self.lengths = lengths.astype(np.int64)
        self.ids = torch.from_numpy(ids.astype(np.int32)).to(device)
        self.length = torch.from_numpy(self.lengths).to(device)
        self.start = self.length.cumsum(0) - self.length


def single_batch(texts, rows, prefix, tokens, limit):
    """[CLS] prefix text [SEP] of each row, in one row of `tokens` tokens."""
    device = texts.ids.device
    rows = torch.as_tensor(rows, device=device)
    kept = texts.length[rows].clamp(max=limit - 2 - len(prefix))
    total = kept + 2 + len(prefix)
    ends, at, of, inside = lay_out(total, tokens, len(rows))
    n = len(prefix)
    ids = texts.ids[(texts.start[rows][at] + inside - 1 - n).clamp(0, len(texts.ids) - 1)]
    ids = torch.where(inside == 0, CLS, torch.where(inside == total[at] - 1, SEP, ids))
    for i, token in enumerate(prefix):
        ids = torch.where(inside == i + 1, token, ids)
    ids = torch.where(of < len(rows), ids, 0)
    return {"ids": ids, "positions": inside.clamp(max=511), "ends": ends, "of": of, "longest": 512}


def lay_out(total, tokens, sequences):
    """Ends of the sequences, and for every token its sequence (also clamped) and its place in it; what is left over is filled up."""
    device = total.device
    ends = torch.zeros(sequences + 2 + tokens // 512, dtype=torch.int32, device=device)
    ends[1:len(total) + 1] = total.cumsum(0)
    ends[len(total) + 1:] = (ends[len(total)] + 512 * torch.arange(1, len(ends) - len(total), device=device)).clamp(max=tokens)
    place = torch.arange(tokens, device=device)
    of = torch.searchsorted(ends[1:].contiguous(), place.int(), right=True)
    inside = place - ends[of]
    return ends, of.clamp(max=len(total) - 1), of, inside


def pair_batch(queries, passages, q_rows, p_rows, limits, tokens, pairs, split, used):
    """[CLS] query [SEP] passage [SEP] of each pair, cut as the job does or, in a split model, each part by itself; `used` tokens in all."""
    device = queries.ids.device
    q, p = queries.length[q_rows], passages.length[p_rows]
    if split:
        q, p = q.clamp(max=QUERY_PART - 2), torch.minimum(p, limits - OFFSET - 1)
    else:  # the longer one is cut first
        room = limits - 3
        q = torch.where(q <= p, torch.minimum(q, room // 2), torch.minimum(q, torch.maximum(room - p, room - room // 2)))
        p = torch.minimum(p, room - q)
    total = q + p + 3
    ends, at, of, inside = lay_out(total, tokens, pairs)
    qn = q[at] + 2
    types = inside >= qn
    ids = torch.where(types, passages.ids[(passages.start[p_rows][at] + inside - qn).clamp(0, len(passages.ids) - 1)],
                      queries.ids[(queries.start[q_rows][at] + inside - 1).clamp(0, len(queries.ids) - 1)])
    ids = torch.where(inside == 0, CLS, torch.where((inside == qn - 1) | (inside == total[at] - 1), SEP, ids))
    ids, types = torch.where(of < len(total), ids, 0), types & (of < len(total))
    positions = torch.where(types, inside - qn + OFFSET, inside) if split else inside
    middle = ends[:-1].clone()
    middle[:len(total)] += (q + 2).int()
    part_ends = torch.cat([torch.stack([ends[:-1], middle], 1).flatten(), ends[-1:]])
    return {"ids": ids, "positions": positions.clamp(max=511), "whole_positions": inside.clamp(max=511), "types": types, "ends": ends,
            "part_ends": part_ends, "longest": 640, "n": len(total), "used": used}
