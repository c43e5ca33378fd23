"""The same weights in a graph with less to do; works on what export.py writes, before or after quantisation.

    python lean.py --model WORK/export/onnx/model.onnx --out WORK/lean/onnx/model.onnx

Only the first token's vector leaves the encoder, so the last layer computes nothing else for the others than what that one
attends to: their keys and values. That is exact, and saves a seventh of all products of matrices. Attention becomes one node
without transposed copies, and a residual with its layer norm another: ONNX Runtime's own fusions know neither in this export.
"""

import argparse
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

MICROSOFT = "com.microsoft"  # ONNX Runtime's own operators
MASK = "keys_to_attend"
FIRST = "first_token"


class Graph:
    def __init__(self, model):
        self.model, self.graph = model, model.graph
        self.maker = {output: node for node in self.graph.node for output in node.output}

    def put(self, node):
        """Where something made the node's outputs before, the node takes its place."""
        for output in node.output:
            if output in self.maker:
                del self.maker[output].output[:]
            self.maker[output] = node
        self.graph.node.append(node)

    def constant(self, name, value):
        self.graph.initializer.append(numpy_helper.from_array(value, name))
        return name

    def clean(self):
        """Leaves what the outputs need, in an order that can be run."""
        ordered, seen = [], set()

        def visit(name):
            node = self.maker.get(name)
            if node is None or id(node) in seen:
                return
            seen.add(id(node))
            for needed in node.input:
                visit(needed)
            ordered.append(node)

        for output in self.graph.output:
            visit(output.name)
        used = {name for node in ordered for name in node.input}
        kept = [tensor for tensor in self.graph.initializer if tensor.name in used]
        del self.graph.node[:], self.graph.initializer[:], self.graph.value_info[:]
        self.graph.node.extend(ordered)
        self.graph.initializer.extend(kept)


def residuals(graph):
    """LayerNormalization(a + b) in one node."""
    for norm in [n for n in graph.graph.node if n.op_type == "LayerNormalization"]:
        total = graph.maker[norm.input[0]]
        epsilon = next(a.f for a in norm.attribute if a.name == "epsilon")
        graph.put(helper.make_node("SkipLayerNormalization", [*total.input, *norm.input[1:]], norm.output[:1],
                                   domain=MICROSOFT, epsilon=epsilon))


def embeddings(graph):
    """(word + type) + position as word + (type + position): only then is the norm's residual of the word's shape."""
    total = next(n for n in graph.graph.node if n.output[:1] == ["/model/bert/embeddings/Add_1_output_0"])
    word, kind = graph.maker[total.input[0]].input
    beside = kind + "_and_position"
    graph.put(helper.make_node("Add", [kind, total.input[1]], [beside]))
    total.input[:] = [word, beside]


def attention(graph, layer, heads):
    prefix = f"/model/bert/encoder/layer.{layer}/attention/self/"
    query, key, value = (f"{prefix}{name}/Add_output_0" for name in ("query", "key", "value"))
    graph.put(helper.make_node("MultiHeadAttention", [query, key, value, "", MASK], [prefix + "Reshape_3_output_0"],
                               domain=MICROSOFT, num_heads=heads))


def first_token_only(graph, layer):
    """In the last layer: the query of the first token, and the residual beside it."""
    prefix = f"/model/bert/encoder/layer.{layer}/attention/"
    product = graph.maker[graph.maker[prefix + "self/query/Add_output_0"].input[1]]
    while product.op_type not in ("MatMul", "MatMulInteger"):
        product = graph.maker[product.input[0]]
    product.input[0] = first(graph, product.input[0])
    residual = graph.maker[prefix + "output/Add_output_0"]
    residual.input[1] = first(graph, residual.input[1])


def first(graph, name):
    """[batch, tokens, …] to [batch, 1, …]"""
    sliced = f"{name}_{FIRST}"
    graph.put(helper.make_node("Slice", [name, FIRST + "_begin", FIRST + "_end", FIRST + "_axis"], [sliced]))
    return sliced


def lean(model, heads=12):
    graph = Graph(model)
    layers = sum(output.endswith("/attention/self/Reshape_3_output_0") for output in graph.maker)
    for name, at in (("begin", 0), ("end", 1), ("axis", 1)):
        graph.constant(f"{FIRST}_{name}", np.array([at], np.int64))
    graph.put(helper.make_node("Cast", ["attention_mask"], [MASK], to=TensorProto.INT32))
    embeddings(graph)
    for layer in range(layers):
        attention(graph, layer, heads)
    first_token_only(graph, layers - 1)
    residuals(graph)
    graph.clean()
    if not any(o.domain == MICROSOFT for o in model.opset_import):
        model.opset_import.append(helper.make_opsetid(MICROSOFT, 1))
    return model


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    args = parser.parse_args()
    args.out.parent.mkdir(parents=True, exist_ok=True)
    onnx.save(lean(onnx.load(args.model)), args.out)


if __name__ == "__main__":
    main()
