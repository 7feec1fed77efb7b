"""Makes the file that `onnx_back_end.py` embeds with, out of a sentence-transformers model: a process of its own.

    python -m core.index.embedding.onnx_export MODEL TARGET  until it is made, or standard input closes
    python -m core.index.embedding.onnx_export               the built-in model, beside the installation, when set up

Knows nothing of a library. torch takes seconds and half a gigabyte to export, which this way no engine pays. What is
made is a folder that appears whole or not at all:

    model.onnx      transformer, pooling and normalisation in one graph
    tokenizer.json  the tokenizer as sentence-transformers set it up, with its truncation and padding
    export.json     `Export`: what made it, digests, prompts, how near its vectors are to torch's

**int8, and where not.** The weights of the matrix products become int8, one scale a channel (one scale a matrix takes
MiniLM's vectors to a cosine of .93 in English and .81 in Korean; a scale a channel .995 and .986); products of two
activations and word embeddings stay as they are. What enters the product that narrows a feed-forward block has the
widest range, so where the vectors of `SAMPLE` are further than `CLOSE` from torch's, the first two of these products
stay fp32 (MiniLM then: .995 and .991, for a twentieth of the speed), then half of them, all of them, everything. A
model that is not even then close (pooling that the tracer cannot follow) is recorded as one for torch.

Refused: the `onnx` extra of sentence-transformers (optimum pins an older transformers); torch's newer exporter (one
more package, for nothing that the older one lacks here).
"""

from __future__ import annotations

import hashlib
import logging
import os
import shutil
import sys
import tempfile
import threading
import uuid
import warnings
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from core.index.embedding.onnx_back_end import ABOUT, MODEL, NO_SPACE, RECIPE, TOKENIZER, Export, OnnxBackEnd, versions

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Vectors = NDArray[np.float32]

CLOSE = 0.99
OPSET = 17

SAMPLE = {
    "en": (
        "budget",
        "Where does the kitten nap?",
        "The workshop's rent is due on the first of the month; last year it rose by 4.5 %.",
        "How do I restore a note that I deleted by mistake, and for how long is it kept?",
        "  Minutes, 2024-03-05: the roaster's warranty ends in May. See also: inventory.xlsx, e-mail to suppliers.",
        "Heat transfer in a laminar boundary layer over a flat plate was studied at supersonic speeds. " * 12,
    ),
    "ko": (
        "예산",
        "로스터 보증 기간은 언제까지야?",
        "다음 주 화요일 회의에서 내년 예산과 여행 일정을 정하기로 했다.",
        "실수로 지운 노트를 되살리려면 어떻게 해야 하나요, 그리고 얼마 동안 보관되나요?",
        "회의록 2024-03-05: 공방 월세는 매달 1일에 낸다. 참고: inventory.xlsx, 거래처 E-mail.",
        "부가가치세 과세 대상에 해당하는지 여부는 사실 판단할 사항이며 계약 내용에 따라 달라질 수 있다. " * 8,
    ),
}


def export(model: Path, target: Path) -> Export:
    """Make the export of the model in `model` in the folder `target`, or record there why torch serves it better.

    Raises OSError for what the disk refuses, and whatever torch and transformers raise on a damaged model.
    """
    from sentence_transformers import SentenceTransformer

    # Attention written out: the tracer knows every operator of it.
    loaded: Any = SentenceTransformer(
        str(model), device="cpu", local_files_only=True, model_kwargs={"attn_implementation": "eager"}
    )
    prompts = {"query": _prompt(loaded, "query"), "document": _prompt(loaded, "document", "passage", "corpus")}
    wanted = {
        language: (loaded.encode_query(list(texts), normalize_embeddings=True, show_progress_bar=False),
                   loaded.encode_document(list(texts), normalize_embeddings=True, show_progress_bar=False))
        for language, texts in SAMPLE.items()
    }  # fmt: skip
    # Now, not before: truncation and padding are set as the first texts are taken.
    tokenizer = loaded.tokenizer.backend_tokenizer.to_str().encode()
    closeness: dict[str, float] = {}
    with tempfile.TemporaryDirectory(prefix="moa-export-") as work:
        plain = Path(work) / "fp32.onnx"
        inputs = _trace(loaded, plain)
        made = Export(RECIPE, versions(), inputs=inputs, prompts=prompts, dim=int(loaded.get_embedding_dimension()))
        for precision, file in _candidates(plain):
            graph = file.read_bytes()
            closeness = _closeness(OnnxBackEnd.of(made, graph, tokenizer), wanted)
            if min(closeness.values()) >= CLOSE:
                made = replace(made, precision=precision, closeness=closeness)
                return _publish(target, made, {MODEL: graph, TOKENIZER: tokenizer})
    return give_up(target, f"its export is not close enough to torch: {closeness}")


def give_up(target: Path, reason: str) -> Export:
    """Record in `target` that this model is one for torch. Raises OSError."""
    return _publish(target, Export(RECIPE, versions(), torch=reason), {})


def _prompt(loaded: Any, *names: str) -> str:
    """The prompt sentence-transformers puts before such a text: of the first of these names that the model knows."""
    return next((str(loaded.prompts[n]) for n in names if n in loaded.prompts), "")


def _trace(loaded: Any, to: Path) -> tuple[str, ...]:
    """Write the whole model as one graph; returns the names of its inputs."""
    import torch

    class Whole(torch.nn.Module):
        def __init__(self, names: tuple[str, ...]) -> None:
            super().__init__()
            self.model, self.names = loaded, names

        def forward(self, *values: torch.Tensor) -> torch.Tensor:
            features: Any = dict(zip(self.names, values, strict=True))
            for module in self.model:
                features = module(features)
            return torch.nn.functional.normalize(features["sentence_embedding"], dim=-1)

    # Two texts of unlike length, so that nothing is taken for constant that is not.
    features = loaded.preprocess(["a budget", "the budget of the next year, 예산"])
    names = tuple(n for n in ("input_ids", "attention_mask", "token_type_ids") if n in features)
    axes = {n: {0: "texts", 1: "tokens"} for n in names} | {"vector": {0: "texts"}}
    with torch.no_grad(), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # remarks on shapes and on its age; `_closeness` finds out what they come to
        torch.onnx.export(
            Whole(names).eval(), tuple(features[n] for n in names), str(to), input_names=list(names),
            output_names=["vector"], dynamic_axes=axes, opset_version=OPSET, dynamo=False,
        )  # fmt: skip
    return names


def _candidates(plain: Path) -> Iterator[tuple[str, Path]]:
    """(what it is, file), the fastest first, each made when it is asked for."""
    import onnx
    from onnxruntime.quantization import QuantType, quantize_dynamic

    narrowing = _narrowing(onnx.load(str(plain)).graph)
    to = plain.with_name("int8.onnx")
    for spared in sorted({0, min(2, len(narrowing)), len(narrowing) // 2, len(narrowing)}):
        quantize_dynamic(
            str(plain), str(to), op_types_to_quantize=["MatMul"], weight_type=QuantType.QInt8, per_channel=True,
            nodes_to_exclude=narrowing[:spared],
        )  # fmt: skip
        yield f"int8, {spared} of {len(narrowing)} narrowing products fp32", to
    yield "fp32", plain


def _narrowing(graph: Any) -> list[str]:
    """The products with a weight that has at least twice as many rows as columns, in order."""
    shapes = {i.name: list(i.dims) for i in graph.initializer}
    products = [(n.name, shapes.get(n.input[1], [])) for n in graph.node if n.op_type == "MatMul"]
    return [name for name, shape in products if len(shape) == 2 and shape[0] >= 2 * shape[1]]


def _closeness(made: OnnxBackEnd, wanted: dict[str, tuple[Vectors, Vectors]]) -> dict[str, float]:
    """The mean cosine to `wanted`, of questions and passages, by language."""
    found = {}
    for language, (queries, documents) in wanted.items():
        cosines = [(made.encode("query", SAMPLE[language]) * queries).sum(axis=1),
                   (made.encode("document", SAMPLE[language]) * documents).sum(axis=1)]  # fmt: skip
        found[language] = round(float(sum(c.mean() for c in cosines) / 2), 4)
    return found


def _publish(target: Path, made: Export, files: dict[str, bytes]) -> Export:
    """Put a folder with these files where `target` says, whole or not at all."""
    made = replace(made, digests={name: hashlib.sha256(data).hexdigest() for name, data in files.items()})
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    aside = Path(tempfile.mkdtemp(prefix=".new-", dir=target.parent))
    try:
        for name, data in (files | {ABOUT: msgspec.json.encode(made)}).items():
            with (aside / name).open("wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
        shutil.rmtree(target, ignore_errors=True)
        aside.replace(target)
    except OSError:
        shutil.rmtree(aside, ignore_errors=True)
        raise
    return made


def _end_with_engine() -> None:
    os.read(0, 1)  # not sys.stdin, whose lock Python wants back when it ends
    os._exit(1)


def main(arguments: list[str]) -> int:
    """Exit code 0: the target says what to do; `NO_SPACE`: the disk refused, try again another time."""
    os.environ.update(HF_HUB_OFFLINE="1", TRANSFORMERS_OFFLINE="1", TOKENIZERS_PARALLELISM="false", TQDM_DISABLE="1")
    logging.disable(logging.WARNING)
    # onnx names files by uuid1, which holds this machine's address: the system opens an internet socket to read it.
    uuid.uuid1 = lambda *_: uuid.uuid4()
    if arguments:
        model, target = Path(arguments[0]), Path(arguments[1])
        threading.Thread(target=_end_with_engine, daemon=True).start()
    else:
        from core.index.embedding.embedder import BESIDE_INSTALLATION, Embedder

        built_in = Embedder()
        model, target = built_in.folder, BESIDE_INSTALLATION / built_in.export_name
    try:
        export(model, target)
    except OSError as e:
        sys.stderr.write(f"{e}\n")
        return NO_SPACE
    except Exception as e:  # torch and transformers raise what they please; torch is tried without the export next
        try:
            give_up(target, f"{type(e).__name__}: {e}"[:500])
        except OSError:
            return NO_SPACE
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
