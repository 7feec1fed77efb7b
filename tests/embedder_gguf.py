"""Writes the built-in embedding model as GGUF, so that tests embed with the real llama.cpp and know what must come out.

Knows nothing of what is done with it. Names and shapes as llama.cpp's converter gives them to BERT models.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import gguf
import numpy as np
from safetensors.numpy import load_file

from core.index.embedding.embedder import built_in

_OUTER = {
    "embeddings.word_embeddings": "token_embd",
    "embeddings.position_embeddings": "position_embd",
    "embeddings.token_type_embeddings": "token_types",
    "embeddings.LayerNorm": "token_embd_norm",
}
_INNER = {
    "attention.self.query": "attn_q",
    "attention.self.key": "attn_k",
    "attention.self.value": "attn_v",
    "attention.output.dense": "attn_output",
    "attention.output.LayerNorm": "attn_output_norm",
    "intermediate.dense": "ffn_up",
    "output.dense": "ffn_down",
    "output.LayerNorm": "layer_output_norm",
}


def write_embedder(path: Path, *, name: str = "all-MiniLM-L6-v2", pooling: int | None = 1, context: int = 512) -> Path:
    """Write the model in 16-bit floats; `pooling` as llama.cpp numbers it (1 mean, 4 that of rerankers)."""
    folder = built_in()
    config: dict[str, Any] = json.loads((folder / "config.json").read_text())
    writer = gguf.GGUFWriter(str(path), "bert")
    writer.add_name(name)
    writer.add_context_length(context)
    writer.add_embedding_length(config["hidden_size"])
    writer.add_block_count(config["num_hidden_layers"])
    writer.add_feed_forward_length(config["intermediate_size"])
    writer.add_head_count(config["num_attention_heads"])
    writer.add_layer_norm_eps(config["layer_norm_eps"])
    writer.add_causal_attention(False)
    if pooling is not None:
        writer.add_uint32("bert.pooling_type", pooling)
    _vocabulary(writer, json.loads((folder / "tokenizer.json").read_text())["model"]["vocab"])
    for key, values in load_file(folder / "model.safetensors").items():
        if (named := _named(key)) is None:
            continue
        values = values[:context] if named.startswith("position_embd") else values
        small = values.ndim > 1 and not named.startswith(("position_embd", "token_types"))
        writer.add_tensor(named, values.astype(np.float16 if small else np.float32))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return path


def _named(key: str) -> str | None:
    place, _, part = key.rpartition(".")
    if match := re.fullmatch(r"encoder\.layer\.(\d+)\.(.+)", place):
        return f"blk.{match[1]}.{_INNER[match[2]]}.{part}"
    return f"{_OUTER[place]}.{part}" if place in _OUTER else None


def _vocabulary(writer: gguf.GGUFWriter, vocabulary: dict[str, int]) -> None:
    """Word pieces as llama.cpp has them: where a word begins they are marked, not where it goes on."""
    words = [word for word, _ in sorted(vocabulary.items(), key=lambda item: item[1])]
    special = [re.fullmatch(r"\[\w+\]", word) is not None for word in words]
    writer.add_tokenizer_model("bert")
    writer.add_token_list(
        [w if s else w[2:] if w.startswith("##") else f"\u2581{w}" for w, s in zip(words, special, strict=True)]
    )
    writer.add_token_types([int(gguf.TokenType.CONTROL if s else gguf.TokenType.NORMAL) for s in special])
    writer.add_token_type_count(2)
    writer.add_bos_token_id(vocabulary["[CLS]"])
    writer.add_sep_token_id(vocabulary["[SEP]"])
    writer.add_unk_token_id(vocabulary["[UNK]"])
    writer.add_pad_token_id(vocabulary["[PAD]"])
    writer.add_mask_token_id(vocabulary["[MASK]"])
