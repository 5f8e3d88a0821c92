"""Every voice through every persona: what the voice engine reaches, as a table.

    .venv/bin/python -m tests.benchmarks.timbre_table --out tests/benchmarks/results/timbre.md [--sounds FOLDER]

Needs espeak-ng; the real recording only where it is there.
"""

import argparse
import time
import wave
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

import numpy as np

from pipeline.audio.stream import RATE_HZ
from pipeline.audio.voice.actor import Actor, measure
from pipeline.audio.voice.statistics import AVERAGE_SPECTRUM_DB, VoiceStatistics
from pipeline.audio.voice.timbre import Timbre
from profiles.profile import VoiceSettings
from tests.footage import PERSONAS, persona
from tests.pipeline.audio.voice.measures import median_hz_where_voiced, mel_error_db, voicing_kept
from tests.pipeline.audio.voice.speech import (
    RECORDING,
    SENTENCES,
    VARIANTS,
    Sound,
    converted,
    latency,
    recording,
    spoken,
    target,
    through,
)

REPORT = """# What the timbre engine reaches

Sentences of about {seconds:.0f} s by espeak-ng in {languages}, and a real recording of 11 s where it is there; each
twice in a row. The engine starts without knowing who speaks; the figures are those of the second time. F0: median over
the steps voiced before and after. Formants: scale against an average adult's, wanted / reached, by the engine's own
measure, which is rough above 200 Hz. Colour: distance of the third-octaves from 200 Hz to 4 kHz from the persona's,
before / after. Voicing: surely voiced steps that still are. CPU: of one core, 10 ms blocks. Duration:
samples out less samples in. Latency: {latency:.1f} ms, constant.

| voice | persona | F0 Hz wanted / reached | off | formants | colour dB | voicing | CPU | duration |
|---|---|---|---|---|---|---|---|---|
{rows}

At ratio 1, a target with the actor's own statistics from a preflight:

| voice | mel error dB |
|---|---|
{same}
"""

MIDDLE = slice(3, 17)


def voices() -> Iterator[tuple[str, Sound]]:
    """The voices with their names."""
    if RECORDING.is_file():
        yield "recording", np.tile(recording(), 2)
    for language in SENTENCES:
        for variant in VARIANTS:
            yield f"{language} {variant}", spoken(language, variant, 2)


def colour_db(found: VoiceStatistics, voice: VoiceSettings) -> float:
    """How far a voice's colour is from a persona's."""
    return float(np.std(np.subtract(found.spectrum_db, voice.spectrum_db or AVERAGE_SPECTRUM_DB)[MIDDLE]))


def conversion(name: str, who: str, sound: Sound, folder: Path | None) -> str:
    """One row."""
    profile = persona(who)
    stage = Timbre(profile)
    done = converted(stage, sound)
    half = len(sound) // 2
    before, after = measure(sound[half:]), measure(done[half:])
    assert before is not None
    assert after is not None
    wanted, reached = profile.voice.median_f0_hz, median_hz_where_voiced(sound[half:], done[half:])
    kept, spent = voicing_kept(sound[half:], done[half:]), cpu(Timbre(profile), sound)
    if folder is not None:
        write(folder / f"{name.replace(' ', '-')}-{who}.wav", done)
    return (
        f"| {name} | {who} | {wanted:.0f} / {reached:.0f} | {100 * (reached / wanted - 1):+.1f} % "
        f"| {profile.voice.formant_scale:.2f} / {after.formant_scale:.2f} | {colour_db(before, profile.voice):.1f} / "
        f"{colour_db(after, profile.voice):.1f} | {100 * kept:.1f} % | {100 * spent:.1f} % "
        f"| {len(done) - len(sound)} |"
    )


def cpu(stage: Timbre, sound: Sound) -> float:
    """Seconds of one core for a second of sound."""
    started = time.process_time()
    through(stage, sound)
    return (time.process_time() - started) / (len(sound) / RATE_HZ)


def unchanged(sound: Sound) -> float:
    """The mel error where the target is the actor."""
    actor = measure(sound)
    assert actor is not None
    return mel_error_db(sound, converted(Timbre(target(**asdict(actor)), actor=Actor(actor)), sound))


def write(path: Path, sound: Sound) -> None:
    """A wav file, to listen to."""
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE_HZ)
        file.writeframes((32_767 * np.clip(sound, -1, 1)).astype("<i2").tobytes())


def main() -> None:
    """Writes the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--sounds", type=Path)
    options = parser.parse_args()
    if options.sounds is not None:
        options.sounds.mkdir(parents=True, exist_ok=True)
    rows, same = [], []
    for name, sound in voices():
        rows += [conversion(name, who, sound, options.sounds) for who in PERSONAS]
        same.append(f"| {name} | {unchanged(sound):.2f} |")
        print(*rows[-len(PERSONAS) :], same[-1], sep="\n", flush=True)
    report = REPORT.format(
        seconds=np.mean([len(spoken(language, "female")) for language in SENTENCES]) / RATE_HZ,
        languages=", ".join(SENTENCES),
        latency=1000 * latency(Timbre(target())) / RATE_HZ,
        rows="\n".join(rows),
        same="\n".join(same),
    )
    options.out.write_text(report, encoding="utf-8")


if __name__ == "__main__":
    main()
