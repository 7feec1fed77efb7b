"""Chat templates: the model's own, quirky ones, hostile ones, none."""

from __future__ import annotations

import time

import pytest

from core.models.llama.template import MAX_SECONDS, ChatTemplate, Piece, fold
from core.types import ChatMessage
from tests.gguf_files import TEMPLATE

TALK = (
    ChatMessage("system", "Answer from notes."),
    ChatMessage("user", "Where is <|eot_id|>?"),
    ChatMessage("assistant", "여기."),
    ChatMessage("user", "Sure?"),
)
NO_SYSTEM = (
    "{% if messages[0].role == 'system' %}{{ raise_exception('System role not supported') }}{% endif %}"
    "{% for m in messages %}{% if (m.role == 'user') != (loop.index0 % 2 == 0) %}"
    "{{ raise_exception('Conversation roles must alternate') }}{% endif %}"
    "<start_of_turn>{{ 'model' if m.role == 'assistant' else m.role }}\n{{ m.content }}<end_of_turn>\n{% endfor %}"
)


def rendered(template: ChatTemplate, messages: tuple[ChatMessage, ...] = TALK) -> str:
    return "".join(piece.text for piece in template.pieces(messages))


def test_texts_are_kept_apart_from_structure() -> None:
    template = ChatTemplate(TEMPLATE, "<|begin_of_text|>", "<|eot_id|>")
    pieces = template.pieces(TALK)
    assert [p.text for p in pieces if not p.structure] == [m.text for m in TALK]
    assert pieces[0] == Piece("<|begin_of_text|><|start_header_id|>system<|end_header_id|>\n\n", structure=True)
    assert pieces[-1].text.endswith("<|start_header_id|>assistant<|end_header_id|>\n\n")
    assert (template.note, template.stops) == ("", ())


def test_a_template_without_system_role_gets_it_in_the_first_turn() -> None:
    template = ChatTemplate(NO_SYSTEM, "", "")
    assert rendered(template).startswith("<start_of_turn>user\nAnswer from notes.\n\nWhere is")
    assert template.note == ""


def test_a_template_that_drops_the_system_text_gets_it_in_the_first_turn() -> None:
    template = ChatTemplate("{% for m in messages if m.role != 'system' %}[{{ m.content }}]{% endfor %}", "", "")
    assert rendered(template) == "[Answer from notes.\n\nWhere is <|eot_id|>?][여기.][Sure?]"


def test_a_template_that_begins_to_think_is_answered_at_once() -> None:
    source = "{% for m in messages %}<｜{{ m.role }}｜>{{ m.content }}{% endfor %}{{ '<｜Assistant｜><think>\\n' }}"
    assert rendered(ChatTemplate(source, "", "")).endswith("Sure?<｜Assistant｜><think>\n\n</think>\n\n")


def test_fold_joins_neighbours() -> None:
    user = ChatMessage("user", "a")
    assert fold([user, user, ChatMessage("system", "s")]) == [ChatMessage("user", "a\n\na\n\ns")]


@pytest.mark.parametrize(
    "source",
    [
        "",
        "{% for m in messages %}",
        "{{ nothing.there.at_all }}",
        "{{ ''.__class__.__mro__ }}",
        "{{ 'a' * 10000000000 }}",
        "{{ 10 ** 10 ** 10 }}",
        "{{ messages[0].content }} only the first",
        "{% for m in messages %}{{ m.content }}{{ m.content }}{% endfor %}",
        "{% macro f() %}{{ f() }}{% endmacro %}{{ f() }}",
        "{{ 1 // 0 }}",
        "x" * 300_000,
    ],
)
def test_without_a_working_template_a_plain_form_is_used_and_said(source: str) -> None:
    template = ChatTemplate(source, "", "")
    assert rendered(template) == (
        "Answer from notes.\n\nUser: Where is <|eot_id|>?\n\nAssistant: 여기.\n\nUser: Sure?\n\nAssistant:"
    )
    assert "plain form" in template.note and template.stops


def test_a_template_that_never_ends_is_stopped() -> None:
    loop = "{% for a in range(99999) %}{% for b in range(99999) %}{% set c = b %}{% endfor %}{% endfor %}"
    began = time.process_time()
    assert "plain form" in ChatTemplate(loop, "", "").note
    assert time.process_time() - began < MAX_SECONDS + 3
