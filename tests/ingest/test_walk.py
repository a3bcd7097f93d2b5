"""The pass over the tree: lines as a browser shows them, and how they look."""

from __future__ import annotations

from crawler.ingest.decoding import parse
from crawler.ingest.flow import Flow
from crawler.ingest.walk import read_flow


def flow_of(body: str) -> Flow:
    return read_flow(parse(f"<html><body>{body}</body></html>".encode()))


def texts(body: str) -> list[str]:
    return [line.text for line in flow_of(body).lines]


def test_walk_when_blocks_and_inline_mix_gives_one_line_a_block() -> None:
    assert texts("<div>một <b>hai</b><p>ba<span> bốn</span></p>năm</div>") == ["một hai", "ba bốn", "năm"]


def test_walk_when_lines_are_broken_counts_the_breaks() -> None:
    assert [line.breaks for line in flow_of("<p>a<br>b<br><br>c</p><p>d</p>").lines] == [0, 1, 2, 0]


def test_walk_when_hidden_or_script_leaves_it_out() -> None:
    hidden = '<div style="display:none">x</div><p hidden>x</p><script>x</script><span class="sr-only">x</span>'
    assert texts(f"{hidden}<p>thấy</p>") == ["thấy"]


def test_walk_when_hidden_element_has_a_tail_keeps_the_tail() -> None:
    assert texts('<p>a<span style="visibility:hidden">x</span>b</p>') == ["ab"]


def test_walk_when_emphasised_and_linked_gives_shares() -> None:
    line = flow_of('<p><b>đậm</b> <a href="/x">liên</a></p>').lines[0]
    assert (round(line.bold, 2), round(line.linked, 2), line.hrefs) == (0.43, 0.57, ("/x",))


def test_walk_when_padded_with_no_break_spaces_is_right() -> None:
    lines = flow_of("<p>" + "&nbsp;" * 60 + "Lê Hương</p><p>" + "&nbsp;" * 8 + "Đoạn</p>").lines
    assert [line.align for line in lines] == ["right", ""]


def test_walk_when_image_stands_before_marks_the_next_line_only() -> None:
    flow = flow_of('<p><img src="/a.jpg"></p><p>chú thích</p><p>đoạn</p>')
    assert [line.after_image for line in flow.lines] == [True, False]
    assert flow.pictures[0].at == 0


def test_walk_when_image_is_an_emoji_or_an_icon_is_no_picture() -> None:
    flow = flow_of('<p><img alt="❤️" src="https://s/2764.svg"> Chúc mừng <img src="/icon/pdf.gif"></p>')
    assert [line.text for line in flow.lines] == ["❤️ Chúc mừng"]
    assert flow.pictures == []


def test_walk_when_image_is_lazy_takes_the_real_address() -> None:
    assert flow_of('<img src="data:x" data-src="/b.jpg">').pictures[0].src == "/b.jpg"


def test_walk_when_nested_deeply_ends_without_recursion() -> None:
    flow = flow_of("<div>" * 400 + "đáy" + "</div>" * 400)
    assert [line.text for line in flow.lines] == ["đáy"]
    assert len(flow.lines[0].place) < 2_000


def test_walk_when_days_and_numbers_differ_keys_are_equal() -> None:
    one, two = flow_of("<p>Thứ Hai, 20/05/2024</p><p>Chủ nhật, 1/6/2024</p>").lines
    assert one.key == two.key


def test_walk_when_cells_stand_in_rows_knows_row_and_cell() -> None:
    lines = flow_of("<table><tr><td>a</td><td>b</td></tr><tr><td>c</td></tr></table>").lines
    assert lines[0].row is lines[1].row
    assert lines[1].row is not lines[2].row
    assert lines[0].cell is not lines[1].cell


def test_walk_when_inline_elements_touch_shows_their_seams_beside_the_text() -> None:
    line = flow_of("<p><span>25/07/2025 07:14</span><span>A-</span></p>").lines[0]
    assert (line.text, line.seamed) == ("25/07/2025 07:14A-", "25/07/2025 07:14 A-")
    assert flow_of("<p><b>một</b> hai</p>").lines[0].seamed == ""


def test_walk_when_a_picture_stands_in_a_link_keeps_its_words_to_itself() -> None:
    flow = flow_of('<p>Xem: <a href="/x"><img src="/a.jpg"> tại đây</a> nhé</p>')
    assert [anchor.text for anchor in flow.anchors] == ["tại đây"]
