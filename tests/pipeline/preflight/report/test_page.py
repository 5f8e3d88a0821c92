"""The page stands alone, shows every line, and trusts no name."""

from html.parser import HTMLParser
from pathlib import Path

import pytest

from pipeline.audio.voice.statistics import BANDS_HZ
from pipeline.errors import MediaError
from pipeline.preflight.finding import Finding, Gauge, Verdict
from pipeline.preflight.report.charts import gauge_chart, levelled, spectrum_chart
from pipeline.preflight.report.page import Pictures, Report
from pipeline.preflight.result import Result

EVIL = '<script>alert("x")</script>'
FINDINGS = (
    Finding("microphone.bandwidth", "effective bandwidth", Verdict.FAIL, "3.9 kHz", "at least 10 kHz", "Take a wire."),
    Finding("camera.fps", "frame rate", Verdict.PASS, "30 fps", gauge=Gauge(30.0, 24.0)),
    Finding("actor.hair_colour", "hair colour", Verdict.WARN, EVIL, EVIL, EVIL),
)
SPECTRUM = tuple(-float(number) for number in range(len(BANDS_HZ)))


class Tags(HTMLParser):
    """Notes tags and what they refer to."""

    def __init__(self) -> None:
        super().__init__()
        self.open, self.names, self.sources = list[str](), list[str](), list[str]()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.names.append(tag)
        self.sources += [value or "" for name, value in attrs if name in ("src", "href")]
        if tag not in ("meta", "img"):
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.names.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def page(spectrum_db: tuple[float, ...] = SPECTRUM) -> Report:
    result = Result("mara", EVIL, "2026-11-22T05:00:00+00:00", 21.0, EVIL, EVIL, FINDINGS, spectrum_db, SPECTRUM)
    return Report(result, Pictures(((b"\x89PNG", EVIL),), ((10.0, 5.0, True), (70.0, -60.0, False))))


def test_it_is_whole_and_needs_nothing_from_elsewhere() -> None:
    tags = Tags()
    tags.feed(page().html())
    assert tags.open == []
    assert "script" not in tags.names
    assert tags.names.count("svg") == 3
    assert all(source.startswith("data:image/png;base64,") for source in tags.sources)
    assert tags.sources


def test_it_tells_every_line_with_its_figures_and_the_remedy() -> None:
    html = page().html()
    for finding in FINDINGS[:2]:
        for text in (finding.title, finding.measured, finding.reference, finding.remedy):
            assert text in html
    assert EVIL not in html


def test_without_sound_there_is_no_chart() -> None:
    assert "spectrum of the microphone" not in page(spectrum_db=()).html()


def test_a_spectrum_is_compared_whatever_its_level() -> None:
    louder = tuple(level + 20.0 for level in SPECTRUM)
    assert levelled(louder) == pytest.approx(levelled(SPECTRUM))
    assert spectrum_chart(SPECTRUM, ()).count("polyline") == 1


def test_a_gauge_without_ends_is_left_out() -> None:
    assert gauge_chart(Gauge(3.0)) == ""
    assert "range" in gauge_chart(Gauge(3.0, least=5.0))


def test_where_it_can_not_be_written_it_says_so(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(MediaError, match="can't be written"):
        page().write(tmp_path / "file" / "page.html")
    page().write(tmp_path / "page.html")
    assert (tmp_path / "page.html").read_text(encoding="utf-8").startswith("<!DOCTYPE html>")
