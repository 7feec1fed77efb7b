"""What Tesseract's table says: reading order, Korean spaces, doubtful words, noise."""

from __future__ import annotations

from core.text.pages.recognised import SURE, doubtful, page

HEIGHT, PITCH = 30, 50


def table(*lines: list[tuple[int, int, str, float]]) -> str:
    """Lines of words: (left, width, text, confidence)."""
    rows = ["level\tpage_num\tblock_num\tpar_num\tline_num\tword_num\tleft\ttop\twidth\theight\tconf\ttext"]
    for number, words in enumerate(lines, 1):
        rows.append(f"4\t1\t1\t1\t{number}\t0\t0\t0\t0\t0\t-1\t")
        for at, (left, width, text, confidence) in enumerate(words, 1):
            top = 100 + PITCH * number
            rows.append(f"5\t1\t1\t1\t{number}\t{at}\t{left}\t{top}\t{width}\t{HEIGHT}\t{confidence}\t{text}")
    return "\n".join(rows)


def line(left: int, *words: str, confidence: float = 95.0) -> list[tuple[int, int, str, float]]:
    made = []
    for word in words:
        width = 15 * len(word)
        made.append((left, width, word, confidence))
        left += width + 12
    return made


def test_a_page_of_one_column_is_read_line_by_line() -> None:
    seen = page(table(line(100, "Winter", "came", "early"), line(100, "that", "year.")))
    assert seen.paragraphs == ("Winter came early that year.",) and seen.confidence == 95


def test_two_columns_are_read_one_after_the_other_and_a_heading_over_both_first() -> None:
    heading = line(100, *["Heading"] * 10)
    rows = [
        line(100, "left", f"{n}", "words", "of", "it") + line(700, "right", f"{n}", "words", "of") for n in range(8)
    ]
    text = " ".join(page(table(heading, *rows)).paragraphs)
    assert text.startswith("Heading") and text.index("left 7") < text.index("right 0") < text.index("right 7")


def test_a_short_page_and_a_table_of_few_lines_are_no_columns() -> None:
    rows = [line(100, "left") + line(700, "right") for n in range(3)]
    assert page(table(*rows)).paragraphs == ("left right left right left right",)


def test_hangul_is_parted_only_where_a_space_can_be_seen() -> None:
    syllables = [(100, 28, "수", 93.0), (131, 28, "리", 93.0), (162, 28, "비", 93.0), (200, 28, "18", 93.0),
                 (231, 28, "만", 93.0), (275, 28, "원", 93.0), (305, 8, ".", 93.0)]  # fmt: skip
    assert page(table(syllables)).paragraphs == ("수리비 18만 원.",)


def test_doubtful_latin_among_hangul_gives_way_to_what_the_korean_model_saw() -> None:
    both = table([(100, 60, "순환", 93.0), (180, 90, "BES", 48.0), (290, 60, "PDF", 96.0)])
    korean = table([(100, 60, "순환", 93.0), (180, 30, "펌", 66.0), (212, 30, "프", 93.0), (245, 25, "를", 93.0),
                    (290, 60, "모요", 91.0)])  # fmt: skip
    assert doubtful(both) and not doubtful(korean)
    assert page(both, korean).paragraphs == ("순환 펌프를 PDF",)
    assert page(both).paragraphs == ("순환 BES PDF",)
    assert not doubtful(table(line(100, "English", confidence=50)))
    worse = table([(180, 90, "펌프를", 40.0)])
    assert page(both, worse).paragraphs == ("순환 BES PDF",)


def test_noise_is_left_out_and_a_page_of_it_is_not_trusted() -> None:
    clear, noise = line(100, "A", "clear", "line"), line(100, "~|", "_=", confidence=12)
    assert page(table(noise, clear, noise)).paragraphs == ("A clear line",)
    assert page(table(line(100, "so", "so", confidence=50))).confidence < SURE
    assert page("").paragraphs == () and page(table(noise)).confidence == 0
