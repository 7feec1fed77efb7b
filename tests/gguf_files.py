"""Writes small, valid GGUF language models from a seed, so that tests run the real llama.cpp without a download.

Knows nothing of Moa. Two behaviours: `random` (Gaussian weights: gibberish) and `copy`, a hand-wired
induction circuit that quotes its own context: it looks for the newest earlier place where the last two
tokens occurred and writes what followed there. In a chat it repeats the user's message word for word, and
any mistake in the KV cache (a wrong position, a stale cell) shows in the text.

`python -m tests.gguf_files OUT [--behaviour copy] [--quant q8_0] ...` writes one by hand.
"""

from __future__ import annotations

import argparse
import hashlib
import itertools
import re
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import gguf
import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float32]

SPECIALS = ("<|begin_of_text|>", "<|end_of_text|>", "<|start_header_id|>", "<|end_header_id|>", "<|eot_id|>")
TEMPLATE = (
    "{{ bos_token }}{% for m in messages %}<|start_header_id|>{{ m['role'] }}<|end_header_id|>\n\n"
    "{{ m['content'] | trim }}<|eot_id|>{% endfor %}"
    "{% if add_generation_prompt %}<|start_header_id|>assistant<|end_header_id|>\n\n{% endif %}"
)
WORDS = (
    "the of and to in a is that for it as was with be by on not he his but at are this have from or had an they which "
    "one you were all her she there would their we him been has when who will no more if out so up said what its about "
    "than into them can only other time new some could these two may first then do any like my now over such our man "
    "me even most made after also did many off before must well back through years much where your way down should "
    "answer question note notes source meeting project budget friday monday team decision deadline report quote moved "
    "회의 결정 예산 다음 오늘 내일 합니다 했다 있다 없다 그리고 에서 으로 질문 답변 메모 문서"
)


@dataclass(frozen=True)
class Shape:
    """Sizes of a model. The defaults make a file of about two megabytes."""

    layers: int = 2
    width: int = 256
    heads: int = 4
    kv_heads: int = 2
    head_dim: int = 64
    feed_forward: int = 64
    vocabulary: int = 1400
    context: int = 4096
    architecture: str = "llama"
    """Also qwen2; gemma3, whose layers see a sliding window; lfm2, of whose layers every third alone has attention."""
    window: int = 0


def write_model(
    path: Path,
    *,
    shape: Shape | None = None,
    behaviour: str = "random",
    quant: str = "f16",
    seed: int = 1,
    template: str | None = TEMPLATE,
    extra: dict[str, Any] | None = None,
) -> Path:
    """Write a model; the circuit of `copy` needs the llama architecture. `quant` is f32, f16 or q8_0, `extra` adds or
    replaces metadata (int or str values). The same arguments give the same bytes."""
    shape = shape or Shape()
    writer = gguf.GGUFWriter(str(path), shape.architecture)
    for key, value in _metadata(shape, behaviour, quant, seed, template).items():
        _add(writer, key, value)
    for key, value in (extra or {}).items():
        writer.kv_data[0].pop(key, None)
        _add(writer, key, value)
    kind = gguf.GGMLQuantizationType[quant.upper()]
    circuit = CopyCircuit(shape, seed) if behaviour == "copy" else None
    for name, sizes in _tensors(shape, circuit is not None):
        values = circuit.fill(name, sizes) if circuit else None
        if values is None:
            values = _gaussian(f"{seed}/{name}", sizes) if len(sizes) > 1 else np.ones(sizes, np.float32)
        if name == "token_embd.weight" and circuit is None:  # what is written is chosen by it, too
            values[-len(SPECIALS) :] = 0  # it never comes to an end by itself
        stored = kind if len(sizes) > 1 and sizes[-1] % 32 == 0 else gguf.GGMLQuantizationType.F32
        writer.add_tensor(name, gguf.quants.quantize(values, stored), raw_dtype=stored)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return path


def write_adapter(path: Path, *, shape: Shape | None = None, seed: int = 1, architecture: str = "llama") -> Path:
    """Write a LoRA adapter that turns the scores of every token upside down and around: what was written before will
    not be written again."""
    shape = shape or Shape()
    writer = gguf.GGUFWriter(str(path), architecture)
    for key, value in {"general.type": "adapter", "adapter.type": "lora", "adapter.lora.alpha": 8.0}.items():
        _add(writer, key, value)
    for part, sizes in (("a", (8, shape.width)), ("b", (shape.vocabulary, 8))):
        writer.add_tensor(f"output.weight.lora_{part}", 50 * _gaussian(f"{seed}/{part}", sizes))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return path


def _metadata(shape: Shape, behaviour: str, quant: str, seed: int, template: str | None) -> dict[str, Any]:
    tokens, merges = vocabulary(shape.vocabulary)
    first = len(tokens) - len(SPECIALS)
    kind = shape.architecture
    values: dict[str, Any] = {
        "general.name": f"Synthetic {behaviour} {seed}",
        "general.file_type": {"f32": 0, "f16": 1, "q8_0": 7}[quant],
        f"{kind}.context_length": shape.context,
        f"{kind}.embedding_length": shape.width,
        f"{kind}.block_count": shape.layers,
        f"{kind}.feed_forward_length": shape.feed_forward,
        f"{kind}.attention.head_count": shape.heads,
        f"{kind}.attention.head_count_kv": shape.kv_heads
        if kind != "lfm2"
        else [shape.kv_heads * (n % 3 == 2) for n in range(shape.layers)],
        f"{kind}.attention.key_length": shape.head_dim,
        f"{kind}.attention.value_length": shape.head_dim,
        f"{kind}.rope.dimension_count": shape.head_dim,
        f"{kind}.rope.freq_base": 500000.0,
        f"{kind}.attention.layer_norm_rms_epsilon": 1e-5,
        f"{kind}.vocab_size": len(tokens),
        "tokenizer.ggml.model": "gpt2",
        "tokenizer.ggml.pre": "llama-bpe",
        "tokenizer.ggml.tokens": tokens,
        "tokenizer.ggml.token_type": [_token_type(t, i >= first) for i, t in enumerate(tokens)],
        "tokenizer.ggml.merges": merges,
        "tokenizer.ggml.bos_token_id": first + SPECIALS.index("<|begin_of_text|>"),
        "tokenizer.ggml.eos_token_id": first + SPECIALS.index("<|eot_id|>"),
        "tokenizer.ggml.add_bos_token": True,
    }
    if shape.window:
        values[f"{kind}.attention.sliding_window"] = shape.window
    if kind == "lfm2":
        values["lfm2.shortconv.l_cache"] = 3
    return values if template is None else values | {"tokenizer.chat_template": template}


def _add(writer: gguf.GGUFWriter, key: str, value: Any) -> None:
    kinds = {bool: "BOOL", int: "UINT32", float: "FLOAT32", str: "STRING"}
    if isinstance(value, list):
        item = "STRING" if isinstance(value[0], str) else "INT32"
        writer.add_key_value(key, value, gguf.GGUFValueType.ARRAY, gguf.GGUFValueType[item])
    else:
        writer.add_key_value(key, value, gguf.GGUFValueType[kinds[type(value)]])


def _token_type(token: str, special: bool) -> int:
    unused = token.startswith("<|filler")
    return int(gguf.TokenType.CONTROL if special else gguf.TokenType.UNUSED if unused else gguf.TokenType.NORMAL)


def _byte_letters() -> dict[int, str]:
    """GPT-2's letters for bytes: printable ones stand for themselves, the others move above 255."""
    plain = [*range(33, 127), *range(161, 173), *range(174, 256)]
    moved = [b for b in range(256) if b not in plain]
    return {b: chr(b) for b in plain} | {b: chr(256 + i) for i, b in enumerate(moved)}


def vocabulary(size: int) -> tuple[list[str], list[str]]:
    """Tokens and merges of a byte-level BPE: 256 bytes, WORDS with and without a space before, fillers, SPECIALS.

    Any UTF-8 text can be written. Korean outside WORDS takes three tokens a syllable, as in real models'
    rarer syllables, so that streams are cut inside characters.
    """
    letters = _byte_letters()
    tokens = [letters[b] for b in range(256)]
    ranks: dict[tuple[str, str], int] = {}
    for word in ["\n\n", *(form for w in WORDS.split() for form in (w, " " + w))]:
        parts = [letters[b] for b in word.encode()]
        while True:
            known = [(ranks[pair], i) for i, pair in enumerate(itertools.pairwise(parts)) if pair in ranks]
            at = min(known)[1] if known else 0
            if len(parts) == 1:
                break
            ranks.setdefault((parts[at], parts[at + 1]), len(ranks))
            parts[at : at + 2] = [parts[at] + parts[at + 1]]
            if parts[at] not in tokens:
                tokens.append(parts[at])
    room = size - len(SPECIALS)
    if len(tokens) > room:
        raise ValueError(f"the vocabulary needs at least {len(tokens) + len(SPECIALS)} tokens")
    tokens += [f"<|filler_{n}|>" for n in range(room - len(tokens))]
    return [*tokens, *SPECIALS], [f"{a} {b}" for a, b in ranks]


def _gaussian(key: str, sizes: tuple[int, ...]) -> Array:
    seed = int.from_bytes(hashlib.sha256(key.encode()).digest()[:8], "little")
    generator = np.random.Generator(np.random.Philox(key=seed))
    return generator.standard_normal(sizes, dtype=np.float32) / np.float32(np.sqrt(sizes[-1]))


def _tensors(shape: Shape, copy: bool) -> list[tuple[str, tuple[int, ...]]]:
    """Names and sizes, rows first, as llama.cpp wants them; the output is tied."""
    kind = shape.architecture
    d, q, kv = shape.width, shape.heads * shape.head_dim, shape.kv_heads * shape.head_dim
    found: list[tuple[str, tuple[int, ...]]] = [
        ("token_embd.weight", (shape.vocabulary, d)),
        ("token_embd_norm.weight" if kind == "lfm2" else "output_norm.weight", (d,)),
    ]
    if copy:
        found += [("rope_freqs.weight", (shape.head_dim // 2,)), ("output.weight", (shape.vocabulary, d))]
    attention: list[tuple[str, tuple[int, ...]]] = [
        ("attn_q", (q, d)), ("attn_k", (kv, d)), ("attn_v", (kv, d)), ("attn_output", (d, q))
    ]  # fmt: skip
    if kind in ("gemma3", "lfm2"):
        attention += [("attn_q_norm", (shape.head_dim,)), ("attn_k_norm", (shape.head_dim,))]
    convolution: list[tuple[str, tuple[int, ...]]] = [
        ("shortconv.conv", (d, 3)),
        ("shortconv.in_proj", (3 * d, d)),
        ("shortconv.out_proj", (d, d)),
    ]
    norms = ["attn_norm", "ffn_norm"] + (["post_attention_norm", "post_ffw_norm"] if kind == "gemma3" else [])
    f = shape.feed_forward
    forward = [("ffn_gate", (f, d)), ("ffn_up", (f, d)), ("ffn_down", (d, f))]
    for i in range(shape.layers):
        mixing = convolution if kind == "lfm2" and i % 3 != 2 else attention
        layer = [*mixing, *((norm, (d,)) for norm in norms), *forward]
        found += [(f"blk.{i}.{name}.weight", sizes) for name, sizes in layer]
        if kind == "qwen2":
            found += [(f"blk.{i}.attn_{part}.bias", (n,)) for part, n in (("q", q), ("k", kv), ("v", kv))]
    return found


class CopyCircuit:
    """Weights of an induction circuit inside an ordinary shape.

    Residual: A = code of the token, B1/B2 = codes of the previous token and the one before, ONE = a constant.
    Layer 0: two heads look one and two places back and write B1, B2. Layer 1: one head looks for the newest j
    with (B1, B2) at j equal to (A, B1) here, and adds the code of the token at j to A. Rotary frequencies
    are chosen through rope_freqs: some pairs carry positions, one recency, the rest stand still for content.
    """

    GAMMA, BETA, AMP, RECENCY, REACH = 16.0, 256.0, 256.0, 8192.0, 8192

    def __init__(self, shape: Shape, seed: int) -> None:
        if shape.layers < 2 or shape.heads < 2 or shape.width < 200:
            raise ValueError("the copy circuit needs 2 layers, 2 heads and a width of 200")
        self.shape = shape
        self.a = a = min(64, shape.head_dim)
        self.b1, self.b2, self.one = a, 2 * a, 3 * a
        self.positional = min(16, shape.head_dim // 6)
        self.m = min(a, (shape.head_dim - 2 * (self.positional + 1)) // 2)
        generator = np.random.Generator(np.random.Philox(key=seed + 99991))
        places = np.arange(1, 2048)
        draws = [generator.uniform(0.3, np.pi - 0.05, self.positional) for _ in range(64)]
        # The frequencies whose autocorrelation is flattest, so that no other place looks like the one meant.
        self.theta = min(draws, key=lambda t: float(np.abs(np.cos(np.outer(places, t)).sum(1)).max()))
        self.code = generator.integers(0, 2, (shape.vocabulary, a)).astype(np.float32) * 2 - 1
        self.rms0 = float(np.sqrt((a + 1) / shape.width))
        self.rms1 = float(np.sqrt((3 * a + 1) / shape.width))

    def fill(self, name: str, sizes: tuple[int, ...]) -> Array | None:
        """The weights of a wired tensor; None where random ones do no harm."""
        if name == "rope_freqs.weight":
            return self._frequencies()
        values = np.zeros(sizes, np.float32)
        if name in ("token_embd.weight", "output.weight"):
            values[:, : self.a] = self.code
            values[:, self.one] = float(name == "token_embd.weight")
            return values
        if name.endswith("ffn_down.weight"):
            return values
        match = re.match(r"blk\.(\d+)\.attn_(q|k|v|output)\.weight", name)
        if not match:
            return None
        layer, part = int(match[1]), match[2]
        if layer == 0:
            self._look_back(part, values)
        elif layer == 1:
            self._match(part, values)
        return values

    def _frequencies(self) -> Array:
        pairs = self.shape.head_dim // 2
        base = 500000.0 ** (-2.0 * np.arange(pairs) / self.shape.head_dim)
        wanted = np.full(pairs, 1e-30)
        wanted[: self.positional] = self.theta
        wanted[self.positional] = 0.5 / self.REACH
        frequencies: Array = (base / wanted).astype(np.float32)
        return frequencies

    def _look_back(self, part: str, values: Array) -> None:
        size, a = self.shape.head_dim, np.arange(self.a)
        for head, offset in ((0, 1), (1, 2)):
            shared = head // (self.shape.heads // self.shape.kv_heads)
            for p, theta in enumerate(self.theta):
                if part == "q":
                    values[head * size + 2 * p, self.one] = self.AMP * np.cos(-theta * offset) * self.rms0
                    values[head * size + 2 * p + 1, self.one] = self.AMP * np.sin(-theta * offset) * self.rms0
                elif part == "k":
                    values[shared * size + 2 * p, self.one] = self.rms0
            if part == "v":
                values[shared * size + a, a] = self.rms0
            elif part == "output":
                values[(self.b1, self.b2)[head] + a, head * size + a] = 1

    def _match(self, part: str, values: Array) -> None:
        first, r, a = 2 * (self.positional + 1), np.arange(self.m), np.arange(self.a)
        if part == "q":
            values[first + r, r] = self.BETA * self.rms1
            values[first + self.m + r, self.b1 + r] = self.BETA * self.rms1
            values[2 * self.positional + 1, self.one] = self.RECENCY * self.rms1
        elif part == "k":
            values[first + r, self.b1 + r] = self.rms1
            values[first + self.m + r, self.b2 + r] = self.rms1
            values[2 * self.positional, self.one] = self.rms1
        elif part == "v":
            values[a, a] = self.rms1
        else:
            values[a, a] = self.GAMMA


def main() -> None:
    """Write one model from the command line."""
    parser = argparse.ArgumentParser(description="Write a small synthetic GGUF language model.")
    parser.add_argument("out", type=Path)
    parser.add_argument("--behaviour", choices=("random", "copy"), default="random")
    parser.add_argument("--quant", choices=("f32", "f16", "q8_0"), default="f16")
    parser.add_argument("--seed", type=int, default=1)
    for field in fields(Shape):
        parser.add_argument("--" + field.name.replace("_", "-"), type=int, default=field.default)
    chosen = vars(parser.parse_args())
    shape = Shape(**{field.name: chosen.pop(field.name) for field in fields(Shape)})
    write_model(chosen.pop("out"), shape=shape, **chosen)


if __name__ == "__main__":
    main()
