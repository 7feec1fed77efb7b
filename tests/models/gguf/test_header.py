"""Reading GGUF headers: good files, other files, hostile files."""

from __future__ import annotations

import os
import random
import struct
import time
from pathlib import Path
from typing import Any

import gguf
import numpy as np
import pytest

from core.errors import BadRequest, MoaError
from core.models.gguf.header import read_adapter, read_embedder, read_header
from core.models.gguf.layout import TENSOR_TYPES
from tests.gguf_files import Shape, write_model

SHARED = Path(__file__).resolve().parents[3].parent / "shared" / "data" / "models"


def start(version: int = 3, tensors: int = 0, keys: int = 0) -> bytes:
    return b"GGUF" + struct.pack("<IQQ", version, tensors, keys)


def text(value: str) -> bytes:
    return struct.pack("<Q", len(value.encode())) + value.encode()


def refused(path: Path) -> str:
    with pytest.raises(BadRequest) as caught:
        read_header(path)
    assert caught.value.advice and path.name in caught.value.title
    return caught.value.title


@pytest.mark.parametrize("quant", ["f32", "f16", "q8_0"])
def test_a_model_says_what_it_is(tmp_path: Path, quant: str) -> None:
    path = write_model(tmp_path / "m.gguf", quant=quant, shape=Shape(layers=3, kv_heads=2, context=777))
    header = read_header(path)
    assert (header.architecture, header.name, header.quantization) == ("llama", "Synthetic random 1", quant.upper())
    assert (header.context, header.layers, header.heads, header.vocabulary) == (777, 3, 4, 1400)
    assert header.kv_bytes_per_token == 3 * 2 * (64 + 64) * 2
    assert "add_generation_prompt" in header.chat_template
    assert header.size == path.stat().st_size


def test_a_name_is_one_line_that_is_safe_to_show(tmp_path: Path) -> None:
    path = write_model(tmp_path / "m.gguf", extra={"general.name": "Evil\x1b[31m\nmodel " + "x" * 5000})
    name = read_header(path).name
    assert name.startswith("Evil[31m model xxx") and len(name) == 120


def test_the_same_seed_writes_the_same_bytes(tmp_path: Path) -> None:
    one, two, other = (write_model(tmp_path / f"{n}.gguf", seed=n // 2).read_bytes() for n in (2, 3, 4))
    assert one == two != other


def test_block_sizes_are_those_of_the_format() -> None:
    for kind, (name, block, width) in TENSOR_TYPES.items():
        known = gguf.GGMLQuantizationType(kind)
        assert (known.name, gguf.GGML_QUANT_SIZES[known]) == (name, (block, width))


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "is empty"),
        (b"<!DOCTYPE html><html><body>404</body></html>", "web page"),
        (b"PK\x03\x04 a zip file", "not a GGUF file"),
        (b"GGUF", "only its first bytes"),
        (b"tjgg" + b"\0" * 60, "older format"),
        (start(version=1), "too old"),
        (start(version=9), "newer than this Moa knows"),
        (b"GGUF" + struct.pack(">IQQ", 3, 1, 1), "big-endian"),
        (start(tensors=2**40), "claims"),
        (start(keys=2**63), "claims"),
        (start(keys=4000), "ends in the middle"),
        (start(keys=1) + struct.pack("<Q", 2**62) + b"x" * 20, "ends in the middle"),
        (start(keys=1) + text("a") + struct.pack("<IIQ", 9, 8, 2**61) + b"x", "ends in the middle"),
        (start(keys=1) + text("a") + struct.pack("<IIQ", 9, 0, 2**61) + b"x", "ends in the middle"),
        (start(keys=1) + text("a") + struct.pack("<IIQ", 9, 9, 2**20) + b"x", "lists of lists"),
        (start(keys=1) + text("a") + struct.pack("<II", 99, 0), "unknown type"),
        (start(keys=1) + text("a") + struct.pack("<II", 4, 0), "does not name its architecture"),
    ],
)
def test_what_is_not_a_model_is_refused_at_once(tmp_path: Path, data: bytes, words: str) -> None:
    path = tmp_path / "wrong.gguf"
    path.write_bytes(data)
    began = time.process_time()
    assert words in refused(path)
    assert time.process_time() - began < 2


def many(count: int, kind: int, value: bytes) -> bytes:
    """A file of entries that are all alike."""
    return start(keys=count) + b"".join(text(f"k{n}") + struct.pack("<I", kind) + value for n in range(count))


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (many(1, 9, struct.pack("<IQ", 8, 2**21 + 1) + bytes(8 * (2**21 + 1))), "more lists of texts"),
        (many(80, 9, struct.pack("<IQ", 0, 4096) + bytes(4096)), "more numbers"),
        (many(9, 8, text("x" * 2**20)), "more text"),
        (start(keys=140) + 140 * (text("k" * 65_000) + struct.pack("<IB", 7, 1)), "more text"),
    ],
)
def test_a_description_that_would_take_minutes_to_read(tmp_path: Path, data: bytes, words: str) -> None:
    path = tmp_path / "wordy.gguf"
    path.write_bytes(data)
    began = time.process_time()
    assert words in refused(path)
    assert time.process_time() - began < 2


@pytest.mark.parametrize("share", [0.002, 0.005, 0.02, 0.1, 0.5, 0.999])
def test_a_cut_off_file_is_noticed(tmp_path: Path, small_model: Path, share: float) -> None:
    path = tmp_path / "cut.gguf"
    whole = small_model.read_bytes()
    path.write_bytes(whole[: int(len(whole) * share)])
    assert "incomplete" in refused(path)


def test_the_last_byte_counts(tmp_path: Path, small_model: Path) -> None:
    path = tmp_path / "cut.gguf"
    path.write_bytes(small_model.read_bytes()[:-1])
    assert "incomplete" in refused(path)


def test_a_tensor_of_impossible_size_is_refused(tmp_path: Path) -> None:
    entry = text("general.architecture") + struct.pack("<I", 8) + text("llama")
    tensor = text("t") + struct.pack("<IQQQQIQ", 4, *[2**40] * 4, 0, 0)
    path = tmp_path / "wrong.gguf"
    path.write_bytes(start(tensors=1, keys=1) + entry + tensor)
    assert "impossible size" in refused(path)


@pytest.mark.parametrize(
    ("extra", "words"),
    [
        ({"general.architecture": "a b\x1b"}, "does not name its architecture"),
        ({"general.architecture": "clip"}, "projector"),
        ({"general.type": "mmproj"}, "projector"),
        ({"general.type": "adapter"}, "addition"),
        ({"general.architecture": "nomic-bert"}, "embedding model"),
        ({"llama.pooling_type": 3}, "embedding model"),
        ({"split.count": 3, "split.no": 0}, "its name does not say which"),
        ({"llama.block_count": 0}, "does not state its size"),
        ({"llama.block_count": 4096}, "does not state its size"),  # half a minute of planning for a graphics card
        ({"general.alignment": 7}, "alignment"),
    ],
)
def test_other_kinds_of_gguf_are_refused(tmp_path: Path, extra: dict[str, Any], words: str) -> None:
    assert words in refused(write_model(tmp_path / "other.gguf", extra=extra))


def test_a_vocabulary_is_not_a_model(tmp_path: Path) -> None:
    writer = gguf.GGUFWriter(str(tmp_path / "vocabulary.gguf"), "llama")
    writer.add_token_list(["a", "b"])
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    assert "only a vocabulary" in refused(tmp_path / "vocabulary.gguf")


def test_a_split_model_needs_all_its_parts_and_the_first_one(tmp_path: Path) -> None:
    first = write_model(tmp_path / "m-00001-of-00002.gguf", extra={"split.count": 2, "split.no": 0})
    assert "missing, among them m-00002-of-00002.gguf" in refused(first)
    second = write_model(tmp_path / "m-00002-of-00002.gguf", extra={"split.count": 2, "split.no": 1})
    assert read_header(first).size == first.stat().st_size + second.stat().st_size
    assert "later part" in refused(second)


def test_a_missing_file_and_a_folder(tmp_path: Path) -> None:
    with pytest.raises(BadRequest, match="There is no file"):
        read_header(tmp_path / "none.gguf")
    with pytest.raises(BadRequest, match="is a folder"):
        read_header(tmp_path)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="pipes with a name are a thing of POSIX")
def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.gguf")
    for read in (read_header, read_embedder, read_adapter):
        with pytest.raises(BadRequest, match="no ordinary file"):
            read(tmp_path / "pipe.gguf")


def test_a_model_of_another_kind_is_not_called_damaged(tmp_path: Path) -> None:
    writer = gguf.GGUFWriter(str(tmp_path / "pictures.gguf"), "flux")
    writer.add_tensor("img_in.weight", np.zeros((32, 32), np.float32))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    assert "another kind (flux)" in refused(tmp_path / "pictures.gguf")


def test_damaged_bytes_give_a_header_or_words(tmp_path: Path, small_model: Path) -> None:
    whole = small_model.read_bytes()
    chance = random.Random(7)
    path = tmp_path / "damaged.gguf"
    for _ in range(150):
        data = bytearray(whole[:40000])
        for _ in range(chance.choice((1, 3, 30))):
            data[chance.randrange(4, 3000 if chance.random() < 0.7 else len(data))] = chance.choice((0, 1, 127, 255))
        path.write_bytes(data)
        with pytest.raises(MoaError):
            read_header(path)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("ggml-vocab-bert-bge.gguf", "embedding model"),
        ("ggml-vocab-phi-3.gguf", "only a vocabulary"),
        ("mmproj-tinygemma3.gguf", "projector"),
    ],
)
def test_real_files_of_other_kinds(name: str, words: str) -> None:
    if not (SHARED / name).exists():
        pytest.skip(f"{name} is not in ../shared/data/models")
    assert words in refused(SHARED / name)
