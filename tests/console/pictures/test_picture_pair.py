"""Which pictures are asked for, and when two of them stand side by side."""

import pytest

from console.config.schema import Config, ScreenConfig
from console.pictures.live_picture import LivePicture
from console.pictures.picture_pair import CAPTIONS, PicturePair, Sight
from pipeline.telemetry import Shown
from tests.console.fake_app import dashboard_of, make_app, running, settled, text_of
from tests.console.fake_session import FakePreview, FakeSession


class Watched(FakeSession):
    """Remembers which kinds of picture were asked for, and has no next one."""

    def picture(self, width: int, height: int, shown: Shown = Shown.PROGRAM) -> FakePreview | None:
        """A plain picture, but for the next profile's."""
        self.note(f"picture {shown}")
        self.serial += 1
        return None if shown is Shown.NEXT else super().picture(width, height, shown)


def asked(session: Watched) -> set[str]:
    """The kinds that were asked for since the last call."""
    kinds = {call.removeprefix("picture ") for call in session.calls if call.startswith("picture ")}
    session.calls.clear()
    return kinds


async def test_z_goes_through_every_kind_and_only_what_is_seen_is_asked_for() -> None:
    session = Watched()
    async with running(session, size=(160, 45)) as (app, pilot):
        seen = []
        for _ in Sight:
            asked(session)
            session.let_pass(1.0)
            dashboard_of(app).draw(session, session.clock.now_ns() / 1e9)
            seen.append(asked(session))
            await pilot.press("z")
        assert seen == [{"program"}, *({kind, "program"} for kind in ("source", "next", "faces", "mask"))]
        assert dashboard_of(app).query_one(PicturePair).sight is Sight.PROGRAM


@pytest.mark.parametrize(("size", "shown"), [((160, 45), 2), ((80, 24), 1)])
async def test_two_pictures_stand_side_by_side_where_there_is_room(size: tuple[int, int], shown: int) -> None:
    session = Watched()
    async with running(session, size=size) as (app, pilot):
        await pilot.press("z")
        session.let_pass(1.0)
        dashboard_of(app).draw(session, session.clock.now_ns() / 1e9)
        await pilot.pause()
        assert sum(picture.display for picture in app.query(LivePicture)) == shown
        assert CAPTIONS[Shown.SOURCE] in text_of(app)


async def test_what_was_prepared_is_seen_until_it_is_taken() -> None:
    session = Watched()
    async with running(session, size=(160, 45)) as (app, pilot):
        pair = dashboard_of(app).query_one(PicturePair)
        await pilot.press("down", "enter")
        await pilot.pause()
        assert session.calls.count("prepare ben") == 1
        assert pair.sight is Sight.NEXT
        await pilot.press("t")
        await pilot.pause()
        assert session.profile.name == "ben"
        assert pair.sight is Sight.PROGRAM


async def test_back_takes_the_profile_before_and_nothing_prepared_is_a_sentence() -> None:
    session = Watched()
    async with running(session) as (app, pilot):
        await pilot.press("t")
        await pilot.pause()
        assert "No profile is prepared" in text_of(app)
        await pilot.press("2", "backspace")
        await pilot.pause()
        assert session.profile.name == "ada"
        await pilot.press("backspace")
        assert session.profile.name == "ben"


@pytest.mark.parametrize("wanted", ["kitty", "auto"])
async def test_a_terminal_that_can_not_do_what_was_settled_is_told_of(wanted: str) -> None:
    screen = ScreenConfig.model_validate({"picture": wanted})
    app = make_app(FakeSession(), config=Config(screen=screen))
    async with app.run_test(size=(120, 40)) as pilot:
        await settled(app)
        await pilot.pause()
        assert ("This terminal takes no pictures" in text_of(app)) is (wanted == "kitty")
