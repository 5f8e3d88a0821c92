"""The user's file: read, checked, shown, and taken where the command line names nothing."""

import tomllib
from dataclasses import fields
from pathlib import Path

import pytest

from console.commands.options import SessionOptions
from console.config.keymap import ids, key_problems, keymap
from console.config.page import page_of
from console.config.reading import ConfigError, load_config
from console.config.schema import Config, ScreenConfig, StartConfig
from console.config.starting import at_this_terminal, folders_of, with_config
from console.config.themes import COLOUR_BLIND, DARK, HIGH_CONTRAST, LIGHT, THEMES, Colours
from console.pictures.picture_pair import SSH_HZ
from tests.console.conftest import Run
from tests.console.fake_app import make_app, settled, text_of
from tests.console.fake_session import FakeSession


def written(folder: Path, text: str) -> Path:
    """A file of the user's."""
    file = folder / "config.toml"
    file.write_text(text, encoding="utf-8")
    return file


def test_without_a_file_the_defaults_hold(tmp_path: Path) -> None:
    assert load_config(tmp_path / "config.toml") == Config()


@pytest.mark.parametrize(
    ("text", "key", "words"),
    [
        ("[screen]\nthem = 'dark'", "screen.them", "did you mean theme"),
        ("[scren]", "scren", "did you mean screen"),
        ("[screen]\npicture_hz = 99", "screen.picture_hz", "wanted at most 30"),
        ("[screen]\ntheme = 'pink'", "screen.theme", "wanted 'dark', 'light', 'high-contrast' or 'colour-blind'"),
        ("[start]\nprofile = 3", "start.profile", "wanted a text in quotes"),
        ("screen = 3", "screen", "wanted a table"),
        ("[keys]\n'air.panix' = 'f9'", "keys.air.panix", "did you mean air.panic"),
        ("[keys]\n'sound.mute' = 'hugo'", "keys.sound.mute", "wanted a key such as f9"),
        ("[keys]\n'sound.mute' = 'r'", "keys.sound.mute", "r is the key of air.record and of sound.mute"),
        ("[keys", "end of the file", "is not TOML"),
    ],
)
def test_what_is_wrong_is_told_with_its_key_and_what_is_wanted(tmp_path: Path, text: str, key: str, words: str) -> None:
    with pytest.raises(ConfigError) as caught:
        load_config(written(tmp_path, text))
    (problem,) = caught.value.problems
    assert problem.key == key and words in problem.text


def test_every_problem_is_told_at_once(run: Run, home: Path) -> None:
    folder = home / "XDG_CONFIG_HOME" / "understudy"
    folder.mkdir(parents=True)
    written(folder, "[screen]\nthem = 'dark'\npicture_hz = 99\n")
    status, _, err = run("config", "check")
    assert status == 1 and len(err.splitlines()) == 2
    written(folder, "[screen]\ntheme = 'light'\n")
    assert run("config", "check")[0] == 0
    assert run("config", "path")[1].strip() == str(folder / "config.toml")
    assert 'theme = "light"' in run("config", "show")[1]
    assert "air.panic" in run("config", "keys")[1]


def test_the_page_of_all_keys_can_be_read_back_and_changes_nothing() -> None:
    config = Config(screen=ScreenConfig(theme="light"), start=StartConfig(profile="ines"), keys={"air.panic": "f9"})
    for settled_ in (Config(), config):
        page = page_of(settled_)
        assert Config.model_validate(tomllib.loads(page)) == settled_
        assert all(name in page for name in (*StartConfig.model_fields, *ScreenConfig.model_fields))


def test_the_command_line_goes_before_the_file_even_where_it_names_the_default() -> None:
    config = Config(start=StartConfig(profile="ines", camera="demo", on_hangup="card"))
    options = with_config(SessionOptions(), config, {"profile"})
    assert (options.profile, options.camera, options.on_hangup) == ("mara", "demo", "card")


def test_every_option_that_can_be_settled_is_one_of_the_command_line() -> None:
    assert set(StartConfig.model_fields) <= {field.name for field in fields(SessionOptions)}


def test_over_ssh_pictures_come_less_often_unless_the_user_settled_it() -> None:
    remote = {"SSH_CONNECTION": "192.0.2.1 1 192.0.2.2 22"}
    assert at_this_terminal(Config(), remote).screen.picture_hz == SSH_HZ
    assert at_this_terminal(Config(), {}).screen.picture_hz is None
    own = Config(screen=ScreenConfig(picture_hz=12))
    assert at_this_terminal(own, remote) == own


def test_folders_may_begin_with_the_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    folders = folders_of(Config.model_validate({"files": {"recordings": "~/films"}}))
    assert folders.recordings == tmp_path / "films"
    assert folders.snapshots.name == "Understudy"


def test_keys_are_written_as_people_write_them() -> None:
    assert keymap({"sound.mute": "(,f9", "air.record": ","}) == {
        "sound.mute": "left_parenthesis,f9",
        "air.record": "comma",
    }
    assert not list(key_problems({act: f"ctrl+f{number}" for number, act in enumerate(ids()[:12], start=1)}))


async def test_another_key_does_the_act_and_the_old_one_nothing() -> None:
    session = FakeSession()
    app = make_app(session, config=Config(keys={"sound.mute": "f9", "air.panic": "ctrl+x"}))
    async with app.run_test(size=(120, 110)) as pilot:
        await settled(app)
        await pilot.press("m")
        assert "mute True" not in session.calls
        await pilot.press("f9")
        assert "mute True" in session.calls
        await pilot.press("p")
        assert "panic" not in session.calls
        await pilot.press("ctrl+x")
        assert "panic" in session.calls
        await pilot.pause()
        footer = text_of(app).splitlines()[-1]
        assert "Panic" in footer and "p F12" not in footer
        await pilot.press("question_mark")
        await pilot.pause()
        assert "f9" in text_of(app) and "^x" in text_of(app)


async def test_T_goes_through_every_theme() -> None:
    app = make_app(FakeSession(), config=Config(screen=ScreenConfig(theme="light")))
    async with app.run_test(size=(120, 40)) as pilot:
        await settled(app)
        seen = [app.theme]
        for _ in THEMES[1:]:
            await pilot.press("T")
            seen.append(app.theme)
        assert seen[0] == "understudy-light"
        assert sorted(seen) == sorted(theme.name for theme in THEMES)


async def test_without_a_picture_nothing_is_asked_for() -> None:
    session = FakeSession()
    app = make_app(session, config=Config(screen=ScreenConfig(picture="none")))
    async with app.run_test(size=(120, 40)):
        await settled(app)
        assert "[screen] picture is none" in text_of(app)


def luminance(colour: str) -> float:
    """Of #rrggbb. Source: WCAG 2.2."""
    channels = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """From 1 to 21. Source: WCAG 2.2."""
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("colours", [DARK, LIGHT, HIGH_CONTRAST, COLOUR_BLIND], ids=("dark", "light", "high", "blind"))
def test_every_theme_can_be_read(colours: Colours) -> None:
    for ink in (colours.text, colours.muted, colours.accent, colours.warning, colours.error, colours.good):
        assert contrast(ink, colours.paper) >= 4.5
    assert contrast(colours.bar, colours.paper) >= 3.0
    for badge in (colours.on_air, colours.preview, colours.stopped):
        assert contrast("#ffffff", badge) >= 4.5
    assert contrast("#16130a", colours.card) >= 4.5
    if colours is HIGH_CONTRAST:
        assert contrast(colours.muted, colours.paper) >= 7.0


async def test_screens_beside_the_dashboard_heed_it_as_well() -> None:
    session = FakeSession()
    app = make_app(session, config=Config(screen=ScreenConfig(picture="none")))
    async with app.run_test(size=(120, 40)) as pilot:
        await settled(app)
        session.picture = lambda *asked: pytest.fail("a picture was asked for")  # type: ignore[method-assign]
        await pilot.press("e")
        await pilot.pause()
        app.show_all()
        await pilot.pause()
        assert "[screen] picture is none" in text_of(app)
