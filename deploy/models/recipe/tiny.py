"""Miniature random models for unit tests: a cross-encoder and a bi-encoder of two layers, in the Hugging Face layout.

    python tiny.py --out ../golden

Writes tiny-cross-encoder/, tiny-bi-encoder/ and golden-tiny.jsonl, the scores and vectors that sentence-transformers
computes with these weights. tiny-without-types.onnx is a smaller cross-encoder that takes no token types.
`--only-split` writes tiny-split-cross-encoder/ and golden-split.jsonl and nothing else: a split model
of four layers, two of them apart, with the scores of the single graph in PyTorch.
"""

import argparse
import json
import string
from pathlib import Path

import numpy as np
import torch
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors, decoders
from transformers import BertConfig, BertForSequenceClassification, BertModel, PreTrainedTokenizerFast

import split
from bert import OFFSET, QUERY_PART
from common import session, write_jsonl
from export import export_onnx

WORDS = """the a an of and to in is for on with by from at as that this it be are was or not how what when where who why which
can do does did will would should i you he she they we my your our their his her its me us one two three four five six
seven eight nine ten first last new old big small good bad best hot cold red green blue black white dark light long short
bat cat dog fish bird horse mouse movie film hero super mystery city night day year water fire earth air river sea ship
train road house garden tree flower book story music game stream rank rerank query document search index model score
batch token flink kafka topic job state key value time window join map filter sort count sum mean vector text title
reset password account user login error file list string number function python java code open close start stop run
cook bread milk sugar salt tea coffee apple orange recipe oven heat bake king queen war peace king doctor health heart
brain blood cell virus drug pain sleep child mother father friend man woman people world country law money bank price
buy sell cheap ship order return car engine fuel oil gas power energy sun moon star planet space rocket""".split()
PIECES = ["##s", "##ed", "##ing", "##er", "##est", "##ly", "##ion", "##able", "##ness", "##ment", "##un", "##re"]
PAIRS = [
    ("super hero movie about bats", "The dark night: a hero dressed as a bat fights crime in the city."),
    ("super hero movie about bats", "How to bake bread: heat the oven, add water, salt and sugar."),
    ("how do I reset my password", "Open the login page and follow the link to start a password reset."),
    ("how do I reset my password", ""),
    ("", "a passage without a query"),
    ("", ""),
    ("cat", "dog"),
    ("dog", "cat"),
    ("CAT", "Dog"),
    ("what is the price of coffee", "coffee " * 600),
    ("tea " * 700, "milk and sugar"),
    ("long query " * 200, "long document " * 300),
    ("café naïve Zürich", "Üñîçödé: the river, the sea — and a ship…"),
    ("火 water", "fire 火 and 水 water"),
    ("emoji \U0001f600 test", "star \u2b50 moon \U0001f319"),
    ("<b>code</b> [SEP] [CLS] [MASK]", "print(\"error\"); // file_name.java:42 [SEP] x != y"),
    ("tabs\tand\nnew lines", "one\r\ntwo\u00a0three\u200bfour\x00five"),
    ("unfindable words", "qwrtzpsdfgh jklyxcvbnm 1234567890"),
    ("supercalifragilisticexpialidocious" * 4, "the longest word that has more letters than a piece may have"),
    ("rank", "stream rank: search and rerank documents as a stream with flink and kafka"),
]
TEXTS = ["the cat sleeps in the house", "The cat sleeps in the house.", "", "fire", "water " * 600, "café Zürich 火",
         "how to reset a password", "Open the login page.", "[SEP] [CLS] special", "python function to sort a list of strings"]


def vocabulary():
    letters = list(string.ascii_lowercase + string.digits + string.punctuation) + ["…", "—", "火", "水"]
    continued = ["##" + c for c in string.ascii_lowercase + string.digits]
    tokens = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"] + letters + continued + WORDS + PIECES
    return {token: i for i, token in enumerate(dict.fromkeys(tokens))}


def save_tokenizer(folder):
    vocab = vocabulary()
    tokenizer = Tokenizer(models.WordPiece(vocab, unk_token="[UNK]", max_input_chars_per_word=100))
    tokenizer.normalizer = normalizers.BertNormalizer(lowercase=True)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.decoder = decoders.WordPiece()
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", pair="[CLS] $A [SEP] $B:1 [SEP]:1",
        special_tokens=[("[CLS]", vocab["[CLS]"]), ("[SEP]", vocab["[SEP]"])])
    fast = PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, model_max_length=512, unk_token="[UNK]", pad_token="[PAD]", cls_token="[CLS]",
        sep_token="[SEP]", mask_token="[MASK]", model_input_names=["input_ids", "token_type_ids", "attention_mask"])
    fast.save_pretrained(folder)
    return len(vocab)


def config(size, **more):
    return BertConfig(vocab_size=size, hidden_size=32, num_hidden_layers=2, num_attention_heads=2, intermediate_size=64,
                      max_position_embeddings=512, hidden_dropout_prob=0.0, attention_probs_dropout_prob=0.0,
                      initializer_range=0.25, **more)


def random_tensors(vocabulary, width, layers, positions):
    """A BERT with random weights, by the names of pack.py."""
    def matrix(*shape):
        return torch.randn(*shape) * 0.25

    tensors = {"word": matrix(vocabulary, width), "pos": matrix(positions, width), "type": matrix(2, width), "pool_w": matrix(width, width),
               "pool_b": matrix(width), "head_w": 4 * matrix(1, width), "head_b": matrix(1)}
    for name in ["eln"] + [f"{i}.{n}" for i in range(layers) for n in ("n1", "n2")]:
        tensors |= {f"{name}_w": 1 + matrix(width), f"{name}_b": matrix(width)}
    for i in range(layers):
        for name, (rows, columns) in {"qkv": (3 * width, width), "out": (width, width), "up": (2 * width, width), "down": (width, 2 * width)}.items():
            tensors |= {f"{i}.{name}_w": matrix(rows, columns), f"{i}.{name}_b": matrix(rows)}
    return tensors


def write_split(folder, golden, seed):
    torch.manual_seed(seed)
    folder.mkdir(parents=True, exist_ok=True)
    size = save_tokenizer(folder)
    shape = {"vocab_size": size, "hidden_size": 32, "num_hidden_layers": 4, "num_attention_heads": 2, "intermediate_size": 64, "max_position_embeddings": 512}
    model = split.write(random_tensors(size, 32, 4, 512), shape, 2, 2, folder)
    write_json(folder / "config.json", shape | {"model_type": "bert", "pad_token_id": 0} | split.settings(2))
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.no_truncation()
    int8, rows = split.Parts(folder / "onnx" / "encoder_int8.onnx", folder / "onnx" / "joint_int8.onnx"), []
    cls, sep = (tokenizer.token_to_id(t) for t in ("[CLS]", "[SEP]"))
    for query, text in PAIRS:
        q, d = (tokenizer.encode(t, add_special_tokens=False).ids for t in (query, text))
        cut = len(q) > QUERY_PART - 2 or len(d) > 512 - OFFSET - 1
        q, d = [cls] + q[:QUERY_PART - 2] + [sep], d[:512 - OFFSET - 1] + [sep]
        with torch.no_grad():
            logit = float(model(*(torch.from_numpy(x) for x in split.encoded(np.array(q), np.array(d))))[0, 0])
        rows.append({"query": query, "text": text, "logit": round(logit, 6), "logit_int8": round(int8.score(q, d), 6), "query_tokens": len(q),
                     "document_tokens": len(d), "truncated": cut})
    write_jsonl(golden, rows)
    print("split logits", [(round(r["logit"], 2), round(r["logit_int8"], 2)) for r in rows])


def export_without_types(path):
    model = BertForSequenceClassification(BertConfig(
        vocab_size=len(vocabulary()), hidden_size=8, num_hidden_layers=1, num_attention_heads=2, intermediate_size=16,
        max_position_embeddings=64, initializer_range=0.25, num_labels=1, return_dict=False, attn_implementation="eager")).eval()
    with torch.no_grad():
        for values in model.parameters():
            if values.dim() == 1:
                values.add_(torch.randn_like(values) * 0.05)
        model.classifier.weight.mul_(4)
    example = torch.ones(2, 16, dtype=torch.long)
    axes = {name: {0: "batch", 1: "sequence"} for name in ("input_ids", "attention_mask")}
    torch.onnx.export(model, (example, example), str(path), input_names=list(axes), output_names=["logits"],
                      dynamic_axes=axes | {"logits": {0: "batch"}}, opset_version=17, dynamo=False)


def write_json(path, value):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(value, indent=2) + "\n", encoding="utf-8")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--only-split", action="store_true")
    args = parser.parse_args()
    if args.only_split:
        return write_split(args.out / "tiny-split-cross-encoder", args.out / "golden-split.jsonl", args.seed)
    from sentence_transformers import CrossEncoder, SentenceTransformer

    cross, bi = args.out / "tiny-cross-encoder", args.out / "tiny-bi-encoder"
    torch.manual_seed(args.seed)
    for folder in (cross, bi):
        folder.mkdir(parents=True, exist_ok=True)
        size = save_tokenizer(folder)
    model = BertForSequenceClassification(config(size, num_labels=1, id2label={0: "LABEL_0"}, label2id={"LABEL_0": 0})).eval()
    with torch.no_grad():
        model.classifier.weight.mul_(4)
    model.save_pretrained(cross)
    export_onnx(model, cross / "onnx" / "model.onnx")
    encoder = BertModel(config(size), add_pooling_layer=False).eval()
    encoder.save_pretrained(bi)
    export_onnx(encoder, bi / "onnx" / "model.onnx", output="last_hidden_state")
    export_without_types(args.out / "tiny-without-types.onnx")
    write_json(bi / "modules.json", [
        {"idx": 0, "name": "0", "path": "", "type": "sentence_transformers.models.Transformer"},
        {"idx": 1, "name": "1", "path": "1_Pooling", "type": "sentence_transformers.models.Pooling"},
        {"idx": 2, "name": "2", "path": "2_Normalize", "type": "sentence_transformers.models.Normalize"}])
    write_json(bi / "1_Pooling" / "config.json", {
        "word_embedding_dimension": 32, "pooling_mode_cls_token": False, "pooling_mode_mean_tokens": True,
        "pooling_mode_max_tokens": False, "pooling_mode_mean_sqrt_len_tokens": False})
    write_json(bi / "sentence_bert_config.json", {"max_seq_length": 256, "do_lower_case": False})
    (bi / "2_Normalize").mkdir(exist_ok=True)

    reference = CrossEncoder(str(cross), max_length=512)
    logits = [float(reference.predict([p], activation_fn=torch.nn.Identity())[0]) for p in PAIRS]
    together = reference.predict(PAIRS, activation_fn=torch.nn.Identity(), batch_size=32)
    assert np.abs(np.array(logits) - together).max() < 1e-4
    embedder = SentenceTransformer(str(bi))
    vectors = [embedder.encode([t])[0] for t in TEXTS]
    rows = [{"model": "tiny-cross-encoder", "query": q, "text": p, "logit": round(s, 6)} for (q, p), s in zip(PAIRS, logits)]
    rows += [{"model": "tiny-bi-encoder", "text": t, "embedding": [round(float(x), 6) for x in v]}
             for t, v in zip(TEXTS, vectors)]
    write_jsonl(args.out / "golden-tiny.jsonl", rows)

    tokenizer = Tokenizer.from_file(str(cross / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.enable_truncation(512)
    run = session(cross / "onnx" / "model.onnx")
    for (q, p), expected in zip(PAIRS, logits):
        e = tokenizer.encode(q, p)
        ids = np.array([e.ids], dtype=np.int64)
        got = run.run(["logits"], {"input_ids": ids, "attention_mask": np.ones_like(ids),
                                   "token_type_ids": np.array([e.type_ids], dtype=np.int64)})[0][0, 0]
        assert abs(got - expected) < 1e-4, (q, p, got, expected)
    for folder in (cross, bi):  # the ONNX file holds the same weights
        (folder / "model.safetensors").unlink()
    print("logits", [round(x, 2) for x in logits])


if __name__ == "__main__":
    main()
