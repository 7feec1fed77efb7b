"""A second embedding model for the tests: the built-in one with fewer dimensions, or reading less at once.

Knows nothing of what is done with it. Its export is made from the built-in one's, by cutting the vectors at the end of
its graph, so that no test needs torch; what finds by one model finds by the other, and no vector of one fits the other.
"""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import msgspec
import onnx
from onnx import TensorProto, helper

from core.index.embedding.embedder import BESIDE_INSTALLATION, Embedder
from core.index.embedding.onnx_back_end import ABOUT, MODEL, TOKENIZER, Export


def second_embedder(folder: Path, cache: Path, *, dim: int = 128, limit: int = 256) -> Path:
    """Writes the model to `folder` (its weights linked) and its export to `cache`, where the engine looks for it."""
    built_in = Embedder(cache=cache)
    built_in.load()
    shutil.copytree(built_in.folder, folder, ignore=shutil.ignore_patterns("*.safetensors", "data_config.json"))
    (folder / "model.safetensors").symlink_to(built_in.folder / "model.safetensors")
    config = json.loads((folder / "config.json").read_text())
    (folder / "config.json").write_text(json.dumps(config | {"hidden_size": dim}))
    (folder / "sentence_bert_config.json").write_text(json.dumps({"max_seq_length": limit, "do_lower_case": False}))
    source = next(p for p in (BESIDE_INSTALLATION, cache) if (p / built_in.export_name).is_dir()) / built_in.export_name
    target = cache / Embedder(str(folder), cache=cache).export_name
    target.mkdir(parents=True)
    graph = _cut(onnx.load(source / MODEL), dim).SerializeToString()
    tokenizer = json.loads((source / TOKENIZER).read_text())
    tokenizer["truncation"]["max_length"] = limit
    files = {MODEL: graph, TOKENIZER: json.dumps(tokenizer).encode()}
    for name, data in files.items():
        (target / name).write_bytes(data)
    about = msgspec.json.decode((source / ABOUT).read_bytes(), type=Export)
    digests = {name: sha256(data).hexdigest() for name, data in files.items()}
    (target / ABOUT).write_bytes(msgspec.json.encode(replace(about, digests=digests, dim=dim)))
    return folder


def _cut(model: onnx.ModelProto, dim: int) -> onnx.ModelProto:
    """The graph with only the first `dim` numbers of each vector, at length 1."""
    graph, [output] = model.graph, model.graph.output
    graph.initializer.extend(
        [helper.make_tensor(name, TensorProto.INT64, [1], [n]) for name, n in (("from", 0), ("to", dim), ("axis", 1))]
    )
    graph.node.append(helper.make_node("Slice", [output.name, "from", "to", "axis"], ["sliced"]))
    graph.node.append(helper.make_node("LpNormalization", ["sliced"], ["second"], axis=1, p=2))
    graph.output.remove(output)
    graph.output.append(helper.make_tensor_value_info("second", TensorProto.FLOAT, ["texts", dim]))
    return model
