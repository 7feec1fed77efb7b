import pytest

from core.answer.checking.values import values


def _same(a: str, b: str) -> bool:
    return values(a)[0].same(values(b)[0])


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("1,000", "1000"), ("3만", "30,000"), ("3만 5천 원", "35,000원"), ("1억 2,000만", "120000000"),
        ("삼만 원", "30,000원"), ("스물다섯 명", "25 people"), ("three hundred thousand", "300,000"), ("2.5k", "2500"),
        ("2024-03-05", "3월 5일"), ("2024년 3월 5일", "March 5, 2024"), ("5 March 2024", "2024. 3. 5."),
        ("March 2024", "2024-03-05"), ("2024", "2024-03-05"), ("2024년", "2024-03-05"), ("Mar 5th", "3월 5일"),
        ("3:30 pm", "15:30"), ("오후 3시 반", "15:30"), ("네 시", "16:00"), ("9:40", "09:40"),
        ("90 minutes", "1.5시간"), ("12개월", "1 year"), ("1 kg", "1000그램"), ("30%", "30퍼센트"), ("닷새", "5일"),
        ("5MB", "5 메가바이트"), ("화요일", "Tuesday"),
    ],
)  # fmt: skip
def test_the_same_however_it_is_written(one: str, other: str) -> None:
    assert _same(one, other) and _same(other, one)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("3만", "3천"), ("2024-03-05", "2024-03-06"), ("3월 5일", "5월 3일"), ("March 2024", "March 2023"),
        ("5 MB", "5 GB"), ("30%", "30 dollars"), ("3:30 pm", "3:30 am"), ("9:40 pm", "09:40"), ("화요일", "Monday"),
        ("90 minutes", "90 seconds"), ("2024", "2023-03-05"),
    ],
)  # fmt: skip
def test_what_differs(one: str, other: str) -> None:
    assert not _same(one, other)


def test_what_is_no_value() -> None:
    assert values("I may go. one of them, a second thought, 한 장에, 하루에, KX7Q2M") == []
