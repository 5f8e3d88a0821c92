"""The page: one file with its pictures in it, that a technician can mail."""

from base64 import b64encode
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from html import escape
from pathlib import Path

from pipeline.errors import MediaError
from pipeline.preflight.finding import Area, Finding, Verdict
from pipeline.preflight.report.charts import gauge_chart, pose_chart, spectrum_chart
from pipeline.preflight.result import Result

SYMBOLS = {Verdict.PASS: "✓", Verdict.WARN: "!", Verdict.FAIL: "✗", Verdict.SKIP: "–"}
STYLE = Path(__file__).with_name("page.css")


@dataclass(frozen=True, slots=True)
class Pictures:
    """What a page shows beside its figures.

    Attributes:
        stills: PNG files as bytes with a line under each.
        poses: yaw and pitch in degrees of the head, and whether the face was followed well.
        most_yaw_deg: beyond this turn the profile's face fades.
    """

    stills: tuple[tuple[bytes, str], ...] = ()
    poses: tuple[tuple[float, float, bool], ...] = ()
    most_yaw_deg: float = 55.0


@dataclass(frozen=True, slots=True)
class Report:
    """A result with its pictures."""

    result: Result
    pictures: Pictures = field(default_factory=Pictures)

    def html(self) -> str:
        """The whole page."""
        return "\n".join(self._lines())

    def write(self, file: Path) -> None:
        """Writes the page.

        Raises:
            MediaError: it can't be written.
        """
        try:
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(self.html(), encoding="utf-8")
        except OSError as error:
            raise MediaError(f"The report can't be written to {file}: {error.strerror}; name another file.") from error

    def _lines(self) -> Iterator[str]:
        result = self.result
        yield '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">'
        yield '<meta name="viewport" content="width=device-width, initial-scale=1">'
        yield f"<title>Preflight of {escape(result.title)}: {result.verdict}</title>"
        yield f"<style>{STYLE.read_text(encoding='utf-8')}</style></head><body><main>"
        yield f"<h1>Preflight of {escape(result.title)}</h1>"
        yield f'<p class="verdict {result.verdict}">{SYMBOLS[result.verdict]} {_summary(result)}</p>'
        yield "<dl>"
        for name, value in (
            ("profile", result.profile),
            ("taken", result.taken_at),
            ("camera", result.camera or "none"),
            ("microphone", result.microphone or "none"),
            ("took", f"{result.seconds:.0f} s"),
        ):
            yield f"<dt>{name}</dt><dd>{escape(value)}</dd>"
        yield "</dl>"
        for area in Area:
            findings = [finding for finding in result.findings if finding.area is area]
            if findings:
                yield from _section(area, findings)
                yield from self._drawn(area)
        yield "<footer>Understudy · live, consented digital twins</footer></main></body></html>"

    def _drawn(self, area: Area) -> Iterator[str]:
        """The pictures that belong to an area."""
        result, pictures = self.result, self.pictures
        if area is Area.MICROPHONE and result.spectrum_db:
            yield "<figure>" + spectrum_chart(result.spectrum_db, result.reference_db)
            told = ", over the reference" if result.reference_db else "; the profile has no reference"
            yield f"<figcaption>the microphone in third-octaves{told}; dB, level aligned</figcaption></figure>"
        if area is Area.CAMERA:
            for png, line in pictures.stills:
                yield f'<figure><img alt="{escape(line)}" src="data:image/png;base64,{b64encode(png).decode()}">'
                yield f"<figcaption>{escape(line)}</figcaption></figure>"
        if area is Area.ACTOR and pictures.poses:
            yield '<figure class="small">' + pose_chart(pictures.poses, pictures.most_yaw_deg)
            yield "<figcaption>angles of the head that were seen; shaded: where the face is worn whole</figcaption>"
            yield "</figure>"


def _section(area: Area, findings: Iterable[Finding]) -> Iterator[str]:
    """The lines of one area as a table."""
    yield f"<h2>{area}</h2><table><thead><tr><th></th><th>check</th><th>measured</th><th></th><th>wanted</th></tr>"
    yield "</thead><tbody>"
    for finding in findings:
        gauge = "" if finding.gauge is None else gauge_chart(finding.gauge)
        yield f'<tr class="{finding.verdict}"><td class="mark">{SYMBOLS[finding.verdict]} {finding.verdict}</td>'
        yield f"<td>{escape(finding.title)}</td><td>{escape(finding.measured)}</td><td>{gauge}</td>"
        yield f"<td>{escape(finding.reference)}</td></tr>"
        if finding.remedy:
            yield f'<tr class="{finding.verdict} remedy"><td></td><td colspan="4">→ {escape(finding.remedy)}</td></tr>'
    yield "</tbody></table>"


def _summary(result: Result) -> str:
    """The verdict in a line."""
    order = (Verdict.FAIL, Verdict.WARN, Verdict.PASS, Verdict.SKIP)
    counts = [f"{result.count(verdict)} {verdict}" for verdict in order if result.count(verdict)]
    return f"{result.verdict}: {', '.join(counts)}"
