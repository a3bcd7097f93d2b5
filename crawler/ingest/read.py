"""READ: the sentence of the reading half, one capture to one `Reading`.

    template -> extract -> clean -> byline -> date -> judge -> identity

Pure: bytes and what is known of the portal in, a value out. The only place where the stages meet.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from crawler import platforms
from crawler.ingest.blocks import Block
from crawler.ingest.bylines import Byline, Signed, read_byline, sign, split_head
from crawler.ingest.clean import clean, ends_article, is_furniture
from crawler.ingest.dates import DateEvidence, decide_dates
from crawler.ingest.extract import Extracted, Knowledge, extract_page
from crawler.ingest.ground import ground_of
from crawler.ingest.identity import identity, trusted
from crawler.ingest.judge import Case, judge
from crawler.ingest.marks import NOARCHIVE, asks_not_to_be_kept
from crawler.ingest.pages import Page, open_page
from crawler.ingest.places import Layout
from crawler.ingest.stamps import beside_dates, is_date_line, is_side_line, join_labels, mentions, names_time
from crawler.ingest.template import unpack
from storage.legacy import doubts
from storage.records import Capture, Dates, Portal, Reading, Sighting, Template
from storage.text import day_text, fold

EXTRACTOR = "2"
"""Version of the reading stages: another when the same capture would be read differently, as `tests.cases.readings` finds."""

_BYLINE = 80
"""Characters of a line that stands at the byline's place and is one."""
_ROUNDED = 2
"""Characters by which a share of links may be off."""
_VIETNAMESE = "đôưâạảêơốếủộịấềệăểụậọợờứựầớừẩẫắằẳẵặẹẻẽễỉỏồổỗởỡửữỳỵỷỹ"
"""The most frequent ones first: a few tell that a text is Vietnamese."""


@dataclass(frozen=True, slots=True)
class Captured:
    """One capture as it is read: the row, the decoded body, its portal, the mentions of its page, and what other captures
    of the page say by the source that dated it (a clock says another day each time), each with its instant.
    """

    capture: Capture
    body: bytes
    portal: Portal
    sightings: tuple[Sighting, ...] = ()
    everywhere: bool = False
    """Nearly every page of the portal that mentions others mentions this one, as a menu does."""
    others: tuple[tuple[str, datetime], ...] = ()
    robots: tuple[str, ...] = ()
    """What the head of the answer says to robots (X-Robots-Tag), value by value."""


def read(captured: Captured, *, template: Template | None, page: Page | None = None, wholly: bool = True) -> Reading:
    """What one capture says, with what was learned of its portal. The same arguments give the same reading.

    `page` is the capture's page for who has it open already. Not `wholly`: an article's reading lacks what is found out of
    articles only, for who asks no more than whether it is one.
    """
    layout = unpack(template)
    opened = page or open_page(captured.body, captured.capture.charset)
    extracted = _footed(_beheaded(_extract(captured, layout, opened)))
    seen = _read(captured, template, layout, extracted)
    return _article(captured, opened, extracted, seen) if seen.article and wholly else seen


def _read(captured: Captured, template: Template | None, layout: Layout, page: Extracted) -> Reading:
    signed = _with_head(_sign(page), page)
    body = signed.body
    dates = decide_dates(_evidence(captured, page, body, signed, layout))
    verdict = judge(_case(captured, page, body, dates))
    texts = tuple(block.text for block in body if block.kind != "caption")
    return Reading(
        article=verdict.article,
        reader=f"{EXTRACTOR}.{template.version if template else 0}",
        reason=verdict.reason,
        kind=verdict.kind,
        title=page.title,
        lead=page.lead if page.lead in texts else "",
        paragraphs=texts,
        captions=tuple(block.text for block in body if block.kind == "caption"),
        authors=signed.authors,
        credits=(*signed.credits, *signed.sources),
        dates=dates,
        attachments=page.attachments,
        images=page.images,
        rights_notice=signed.rights_notice,
        flags=_flags(page, dates),
    )


def _extract(captured: Captured, layout: Layout, page: Page) -> Extracted:
    capture, portal = captured.capture, captured.portal
    platform = platforms.find(portal.platform)
    knowledge = Knowledge(
        layout=layout,
        selectors=portal.selectors,
        platform=platform.selectors if platform else {},
        anchors=tuple(dict.fromkeys(s.anchor for s in captured.sightings if s.anchor)),
        site=(portal.name,) if portal.name else (),
        noise=is_furniture,
        dated=is_date_line,
        ends=ends_article,
        signed=_is_signed_date,
    )
    return extract_page(page, url=capture.url, known=knowledge)


def _beheaded(page: Extracted) -> Extracted:
    """The page with what stands between title and text counted to its head: date lines, view counts, buttons.

    Where no element parts head and body, they are the first lines of the text's container.
    """
    count = 0
    for block in page.blocks:
        if block.kind in ("row", "caption") or not (
            is_date_line(block.text)
            or is_side_line(block.text)
            or _is_signed_date(block.text)
            or _is_section_and_date(block, page)
        ):
            break
        count += 1
    return replace(page, head=(*page.head, *page.blocks[:count]), blocks=page.blocks[count:])


def _is_section_and_date(block: Block, page: Extracted) -> bool:
    """Whether a line has a date, and beside it only the article's section, by name or as a link: `Thông báo 23/08/2025`."""
    if len(block.text) > _BYLINE or not mentions(block.text):
        return False
    beside = [block.text[cell.start : cell.end] for cell in beside_dates(block.text)]
    named = all(fold(said) == fold(page.category) for said in beside)
    return named or abs(block.linked * len(block.text) - sum(map(len, beside))) <= _ROUNDED


def _footed(page: Extracted) -> Extracted:
    """The page with a cleaned text, and the date lines that this leaves at its end counted to what stands behind it."""
    blocks = _once(clean(page.blocks).blocks)
    end = len(blocks)
    while end > 1 and blocks[end - 1].kind not in ("row", "caption") and is_date_line(blocks[end - 1].text):
        end -= 1
    return replace(page, blocks=blocks[:end], below=(*blocks[end:], *page.below))


def _is_signed_date(text: str) -> bool:
    """Whether a line is a byline and a date: `Phan Thanh - Thu Huyền 16:42 15/09/2025`."""
    if not names_time(text):
        return False
    byline, rest = split_head(text)
    return bool(byline) and is_date_line(rest)


def _sign(page: Extracted) -> Signed:
    """The byline off the text, looked for in what stands behind the text's container as well.

    Of the lines behind it only those are the article's that belong to a byline; the rest goes.
    """
    body = page.blocks
    below = [block for block in clean(page.below).blocks if block.linked < 0.8 and not is_date_line(block.text)]
    best = sign(body, title=page.title)
    for count in range(1, len(below) + 1):
        signed = sign((*body, *below[:count]), title=page.title)
        if len(signed.byline_lines) > len(best.byline_lines):
            best = signed
    others = {id(block) for block in below}
    return replace(best, body=tuple(block for block in best.body if id(block) not in others))


def _once(blocks: tuple[Block, ...]) -> tuple[Block, ...]:
    """The blocks without a short line that repeats the one above: systems print the author below the author's own line."""
    return tuple(
        block
        for before, block in zip((None, *blocks), blocks, strict=False)
        if before is None or len(block.text) > 60 or block.text != before.text
    )


def _with_head(signed: Signed, page: Extracted) -> Signed:
    """The byline at its own place or beside the date, where the text has none."""
    if signed.authors:
        return signed
    for text in page.chosen_bylines:
        byline = split_head(text)[0] or ("" if is_date_line(text) else text)
        found = read_byline(byline, sure=len(text) <= _BYLINE) if byline else None
        if found is not None and (found.authors or found.credits):
            body = tuple(block for block in signed.body if block.text != text)
            return _signed_by(replace(signed, body=body), found, byline)
    behind = _signed_behind(page.below)
    for block in (*page.head, *behind):
        byline, _ = split_head(block.text)
        found = read_byline(byline, sure=True) if byline else None
        if found is not None:
            # Behind the text the whole line is the byline: its date is the page's, as that of a line in the head is.
            return _signed_by(signed, found, block.text if block in behind else byline)
    return signed


def _signed_behind(below: Sequence[Block]) -> list[Block]:
    """The line of byline and date behind a text. Where several stand there, or words follow it, readers have commented."""
    found = [at for at, block in enumerate(below) if _is_signed_date(block.text)]
    if len(found) != 1:
        return []
    after = next((block.text.rstrip('"”) ') for block in below[found[0] + 1 :]), "")
    said = after.count(" ") >= 2 and after.endswith((".", "!", "?", "…"))
    return [] if said else [below[found[0]]]


def _signed_by(signed: Signed, byline: Byline, line: str) -> Signed:
    both = tuple(dict.fromkeys((*signed.credits, *byline.credits)))
    return replace(signed, authors=byline.authors, credits=both, byline_lines=(*signed.byline_lines, line))


def _evidence(
    captured: Captured, page: Extracted, body: Sequence[Block], signed: Signed, layout: Layout
) -> DateEvidence:
    capture, meta = captured.capture, page.meta
    near = join_labels([_dated_part(block.text) for block in page.head])
    # A line that is named as the date is one of the head with what belongs to it there: its label, its time.
    chosen = (next((line for line in near if text in line and is_date_line(line)), text) for text in page.chosen_dates)
    head = tuple(dict.fromkeys((*map(_dated_part, chosen), *near)))
    return DateEvidence(
        fetched_at=capture.fetched_at,
        head_lines=head,
        below_lines=tuple(block.text for block in page.below),
        byline_lines=signed.byline_lines,
        jsonld=meta.jsonld,
        microdata=page.microdata,
        times=page.times,
        meta=meta.dates,
        url=capture.url,
        title=page.title,
        paragraphs=tuple(block.text for block in body if block.kind not in ("caption", "row")),
        sightings=captured.sightings,
        last_modified=capture.last_modified,
        platform=captured.portal.platform,
        siblings=layout.urls,
        others=captured.others,
        clock_lines=page.clocks,
        month_first=layout.month_first,
        claims=layout.claims,
    )


def _dated_part(line: str) -> str:
    """What a head line says of time: the rest of it where its byline comes off."""
    if not names_time(line):
        return line
    byline, rest = split_head(line)
    return rest if byline and is_date_line(rest) else line


def _case(captured: Captured, page: Extracted, body: tuple[Block, ...], dates: Dates) -> Case:
    shape = page.shape
    return Case(
        url=captured.capture.url,
        portal=captured.portal,
        purpose=captured.capture.purpose,
        sightings=captured.sightings,
        everywhere=captured.everywhere,
        title=page.title,
        title_on_page=page.title_on_page,
        doc_title=page.meta.doc_title,
        blocks=body,
        captions=sum(block.kind == "caption" for block in body),
        attachments=len(page.attachments),
        images=len(page.images),
        headlines=shape.headlines,
        listed=shape.listed,
        dated_lines=shape.dated,
        fields=shape.fields,
        claim=page.meta.kind,
        items=shape.items.count,
        item_share=shape.items.share,
        excerpts=shape.items.excerpts,
        outside=shape.items.outside,
        before=shape.items.before,
        more=shape.items.more,
        leads_away=shape.leads_away,
        first=shape.first,
        dates=dates,
    )


def _article(captured: Captured, opened: Page, page: Extracted, seen: Reading) -> Reading:
    """The reading of an article with what nobody asks of other pages."""
    url, platform = captured.capture.url, captured.portal.platform
    return replace(
        seen,
        identity=identity(url, platform),
        category=page.category,
        language=_language(seen.paragraphs, page.meta.language),
        aliases=tuple(alias for alias in page.meta.aliases if alias != url and trusted(alias, url, platform)),
        confidence=_confidence(seen.flags),
        flags=(*seen.flags, *doubts("\n".join((page.title, *seen.paragraphs))), *_marks(captured, page)),
        ground=_ground(captured, opened, page, seen.dates),
    )


def _ground(captured: Captured, opened: Page, page: Extracted, dates: Dates) -> str:
    said, day = dates.published, day_text(captured.capture.fetched_at)
    claimed = said is not None and said.source in ("jsonld", "meta")
    fresh = said is not None and said.value.startswith(day)
    return ground_of(opened, captured.body, page.footing(), claimed=claimed, fresh=fresh)


def _marks(captured: Captured, page: Extracted) -> tuple[str, ...]:
    return (NOARCHIVE,) if asks_not_to_be_kept(captured.robots, page.meta.metas) else ()


def _language(texts: Sequence[str], declared: str) -> str:
    """`vi` if the text has Vietnamese letters; `lang` is often left at the system's English."""
    sample = " ".join(texts)[:4000].lower()
    return "vi" if not sample or _is_vietnamese(sample) else declared or "vi"


def _is_vietnamese(sample: str) -> bool:
    found, least = 0, 0.02 * len(sample)
    for letter in _VIETNAMESE:
        found += sample.count(letter)
        if found > least:
            return True
    return False


def _confidence(flags: Sequence[str]) -> float:
    costs: Mapping[str, float] = {
        "title-not-on-page": 0.3,
        "body-by-weight": 0.1,
        "text-elsewhere": 0.2,
        "no-date": 0.1,
    }
    return round(1.0 - sum(costs.get(flag, 0.0) for flag in flags), 2)


def _flags(page: Extracted, dates: Dates) -> tuple[str, ...]:
    found = []
    if not page.title_on_page:
        found.append("title-not-on-page")
    if page.shape.way in ("general", "second-opinion"):
        found.append("body-by-weight")
    if page.shape.fit < 0.4 and page.shape.own > 500:
        found.append("text-elsewhere")
    if dates.published is None and dates.updated is None:
        found.append("no-date")
    if (
        dates.published is not None
        and len(dates.published.value) >= 10
        and dates.event_date > dates.published.value[:10]
    ):
        found.append("date-conflict")  # dated before what it tells of, or of something to come
    return tuple(found)
