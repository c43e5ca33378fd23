"""Weak pairs from the docstrings of installed, permissively licensed Python packages.

    python docstrings.py --out DIR/python_docstrings/pairs.jsonl scipy numpy sklearn sympy networkx

Two kinds: the summary line against the function (as web queries meet code), and the summary line against the
prose that follows it (as a heading meets its section).
"""

import argparse
import ast
import importlib.util
import random
import re
from pathlib import Path

from common import write_jsonl


def functions(package):
    root = Path(importlib.util.find_spec(package).origin).parent
    for path in sorted(root.rglob("*.py")):
        if "test" in str(path.relative_to(root)):
            continue
        source = path.read_text(encoding="utf-8", errors="ignore")
        try:
            tree = ast.parse(source)
        except SyntaxError:
            continue
        for node in ast.walk(tree):
            if isinstance(node, (ast.FunctionDef, ast.ClassDef)) and ast.get_docstring(node):
                yield node, source


def words(name):
    return re.sub(r"([a-z0-9])([A-Z])", r"\1 \2", name).replace("_", " ").strip().lower()


def prose(docstring):
    """The paragraphs after the summary, up to the first underlined heading, without markup."""
    body = docstring.split("\n\n", 1)[1] if "\n\n" in docstring else ""
    body = re.split(r"\n[^\n]+\n[-=~]{3,}", "\n" + body)[0]
    body = re.sub(r"\n\s*(>>>|\.\. )[^\n]*", " ", body)
    return re.sub(r"\s+", " ", re.sub(r":\w+:|[`*]", "", body)).strip()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("packages", nargs="+")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--limit", type=int, default=2000, help="pairs of each kind")
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    code, sections, seen = [], [], set()
    for package in args.packages:
        for node, source in functions(package):
            docstring = ast.get_docstring(node)
            summary = re.sub(r"\s+", " ", re.sub(r":\w+:|[`*]", "", docstring.split("\n\n")[0])).strip(" .")
            if not 4 <= len(summary.split()) <= 25 or summary.lower() in seen:
                continue
            seen.add(summary.lower())
            text = prose(docstring)
            if 25 <= len(text.split()) <= 250:
                sections.append({"query": summary, "title": "", "passage": text, "label": 1, "group": package})
            segment = ast.get_source_segment(source, node) or ""
            if isinstance(node, ast.FunctionDef) and 80 <= len(segment) <= 1200 and not node.name.startswith("_"):
                # The query is not the docstring's own line in half of the pairs: else it would be a search for a copy.
                query = summary if len(code) % 2 else f"python {words(node.name)}"
                segment = segment if len(code) % 4 else segment.replace(docstring.split("\n\n")[0], "")
                code.append({"query": query.lower(), "title": "", "passage": segment, "label": 1, "group": package})
    rng = random.Random(args.seed)
    rows = rng.sample(code, min(args.limit, len(code))) + rng.sample(sections, min(args.limit, len(sections)))
    args.out.parent.mkdir(parents=True, exist_ok=True)
    write_jsonl(args.out, rows)
    print(f"{len(code)} code and {len(sections)} section pairs found, {len(rows)} written")


if __name__ == "__main__":
    main()
