"""What is said when loading fails, and what llama.cpp says it took."""

from __future__ import annotations

import pytest

from core.models.llama.reasons import reported, why_not


@pytest.mark.parametrize(
    ("said", "words", "for_good"),
    [
        ("error loading model: unknown model architecture: 'moa9'", "(moa9) is not known to the installed", True),
        ("unknown pre-tokenizer type: 'of-tomorrow'", "vocabulary (of-tomorrow)", True),
        ("alloc_tensor_range: failed to allocate CPU buffer of size 5100000000",
         "it needs 5.1 GB more memory in one piece, and 3.2 GB are free", False),
        ("cudaMalloc failed: out of memory\nallocating 4882.81 MiB on device 0", "it needs 5.1 GB more", False),
        ("llama_init: failed to initialize the context: failed to allocate", "not enough free memory", False),
        ("vk::Queue::submit: ErrorDeviceLost", "graphics card was lost", False),
        ("tensor 'blk.0.attn_q.weight' data is not within the file bounds", "damaged or incomplete", True),
        ("check_tensor_dims: tensor 'blk.1.ffn_up.weight' not found", "damaged or incomplete", True),
        ("missing tensor 'output_norm.weight'", "damaged or incomplete", True),
        ("done_getting_tensors: wrong number of tensors; expected 21, got 20", "damaged or incomplete", True),
        ("", "could not be loaded.", True),
    ],
)  # fmt: skip
def test_llama_cpp_is_never_shown_raw(said: str, words: str, for_good: bool) -> None:
    problem, never = why_not("m.gguf", said, free=3_200_000_000)
    assert words in problem.title and problem.title.startswith("m.gguf could not be loaded") and problem.advice
    assert never == for_good and "tensor '" not in str(problem)


def test_what_it_took_is_read_from_its_log() -> None:
    took = reported(
        "load_tensors:   CPU_Mapped model buffer size =   373.50 MiB\n"
        "load_tensors:   CPU_REPACK model buffer size =    28.05 MiB\n"
        "llama_kv_cache:        CPU KV buffer size =    24.00 MiB\n"
        "llama_memory_recurrent:        CPU RS buffer size =     1.00 MiB\n"
        "sched_reserve:      CUDA0 compute buffer size =    34.50 MiB\n"
        "sched_reserve:        CPU compute buffer size =     0.50 MiB\n"
    )
    assert (took.weights, took.kv, took.compute) == (int(373.5 * 2**20), 25 * 2**20, 35 * 2**20)
