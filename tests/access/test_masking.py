"""Whole articles without personal data, where what marks it stands in another line."""

from __future__ import annotations

from access.masking import without_personal_data
from access.personal import MASK


def test_file_when_its_tables_head_lists_birthdays_then_the_rows_lose_them() -> None:
    text = "STT | Họ tên | Ngày sinh\n1 | Nguyễn Văn An | 05/6/2012\n2 | Trần Thị Bình | 17/11/2013"
    files = [{"name": "a.xlsx", "text": text}]
    article = {"paragraphs": ["Danh sách học sinh"], "title": "Danh sách", "attachments": files}
    shown = without_personal_data(article)

    assert shown["attachments"][0]["text"] == f"STT | Họ tên | Ngày sinh\n1 | {MASK}\n2 | {MASK}"
