"""A profile in, a chain of stages out: the one place that knows every engine."""

from collections import OrderedDict
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path

from pipeline.audio.neural.rvc import Tools
from pipeline.audio.neural.voices import RvcVoices
from pipeline.audio.voice.actor import Actor
from pipeline.audio.voice.dial import Dial, voice_stage
from pipeline.circumstances import Circumstances
from pipeline.errors import ConsentError
from pipeline.inference.named_model import read_named
from pipeline.inference.store import ModelStore
from pipeline.machine import step_back
from pipeline.media import Pixels
from pipeline.runner import do_all
from pipeline.stage import AudioStage, VideoStage
from pipeline.telemetry import Event, Level
from pipeline.video.background.compose import Compose
from pipeline.video.background.matte_guard import open_guarded
from pipeline.video.background.person_matte import PersonMatte
from pipeline.video.background.rooms import open_room
from pipeline.video.beside import Ahead
from pipeline.video.cast.casting import Casting
from pipeline.video.cast.member import CastMember, telling
from pipeline.video.cast.opening import Meeting, open_casting
from pipeline.video.masks.on_grid import GridMasks
from pipeline.video.masks.opening import open_masks
from pipeline.video.neural.engines import face_stage
from pipeline.video.output.card import card
from pipeline.video.output.label import Label
from pipeline.video.restore.restored import restored
from pipeline.video.screen.rehearsal import Costume
from pipeline.video.swap.bystanders import Bystanders
from pipeline.video.swap.photo_swap import PhotoSwap
from pipeline.video.swap.photo_target import PhotoTarget
from pipeline.video.swap.portrait import read_portrait
from pipeline.video.tracking.others.sighted import Sighted, sighted
from pipeline.video.tracking.tracker import Tracker
from profiles.profile import Kind, Profile

TARGETS_KEPT = 12
LIVE_SECTIONS = frozenset({"face", "dfm", "merge", "voice", "background", "output", "sync", "disclosure"})
LIVE_BACKGROUND_KEYS = frozenset({"light_wrap"})


@dataclass(frozen=True, slots=True, eq=False)
class Chain:
    """Everything that one profile needs in the lane, warm.

    Attributes:
        profile: what it was built from.
        stages: in the order of work; the first ones are shared by all chains of the session.
        owned: those of the stages that end with this chain.
        voice: the stage that makes the target's voice; it ends with this chain as well.
        label: drawn last.
        card: uint8 (height, width, 3) BGR, with the label.
    """

    profile: Profile
    stages: tuple[VideoStage, ...]
    owned: tuple[VideoStage, ...]
    voice: AudioStage
    label: Label
    card: Pixels

    @property
    def costume(self) -> Costume:
        """What it has of its own for a frame whose faces were found already."""
        stages = [stage for stage in self.owned if not isinstance(stage, Ahead | Sighted | Casting)]
        return Costume(stages, self.label, self.card)

    def close(self) -> None:
        """Closes the stages that are this chain's own, when no lane works with them any more; may be called twice."""
        do_all(*(stage.close for stage in self.owned), self.voice.close)


class Assembly:
    """Builds chains for one session. The faces that are followed belong to the session, not to a profile."""

    def __init__(
        self,
        models: ModelStore,
        profile: Profile,
        size: tuple[int, int],
        circumstances: Circumstances | None = None,
    ) -> None:
        """Loads the networks that every chain shares.

        Args:
            models: where the network files are.
            profile: the first profile, for the tracker's settings.
            size: width and height of the frames.
            circumstances: what the session is like.

        Raises:
            ModelError: a network is missing or damaged.
        """
        self._models = models
        self._size = size
        self._circumstances = circumstances or Circumstances()
        self.runtime = self._circumstances.runtime
        self._tracker = Tracker(models.path("face-detection"), models.path("face-landmarks"), profile)
        self._beside = ThreadPoolExecutor(1, thread_name_prefix="understudy-beside")
        self._matte = PersonMatte(models.path("selfie-segmentation-landscape"), self._beside)
        self._ahead = Ahead(self._matte)
        self._knowing = ThreadPoolExecutor(1, "understudy-knowing", step_back)
        self._meeting = Meeting(self.runtime, models, self._knowing)
        self._dial = Dial()
        self.actor = Actor()
        """What the session's voices learn of the actor's own."""
        self._rvc = RvcVoices(Tools(self.runtime, models, self._circumstances.clock), self.actor)
        self._targets: OrderedDict[tuple[Path, int], PhotoTarget] = OrderedDict()

    @property
    def providers(self) -> dict[str, str]:
        """What each network runs on: those that all chains share, and those that profiles bring."""
        names = ("face-detection", "face-landmarks", "selfie-segmentation-landscape")
        return dict.fromkeys(names, "LiteRT CPU") | self.runtime.providers

    def build(self, profile: Profile) -> Chain:
        """A warm chain.

        Raises:
            ConsentError: the profile is of a real person and nothing clears it.
            HaltError: the session has ended meanwhile.
            MediaError: a picture or video can't be read.
            ModelError: a network that the profile brings is missing, broken, or can't be run.
            PortraitError: the portrait is not fit.
            VoiceError: this computer can't make the voice in real time.
        """
        require_clearance(profile)
        with ExitStack() as unfinished:
            room = open_room(profile)
            compose = None if room is None else Compose(room, profile, self._beside)
            if compose is not None:
                unfinished.callback(compose.close)
            # The decoder of a room starts threads that the lane waits for: it is not opened on the modest thread.
            with ThreadPoolExecutor(1, "understudy-opening", self.runtime.aside.enter) as modest:
                chain = modest.submit(self._assembled, profile, compose).result()
            unfinished.pop_all()
        return chain

    def _assembled(self, profile: Profile, compose: Compose | None) -> Chain:
        """A chain with the stage that puts its room behind the person, if it has one."""
        with ExitStack() as unfinished:
            owned: list[VideoStage] = []
            for sense in self._senses(profile):
                if sense is not None:
                    unfinished.callback(sense.close)
                    owned.append(sense)
            first, sensing = self._first(owned), len(owned)
            if compose is not None:
                owned.append(Ahead(compose))
            for stage in self._worn(profile):
                unfinished.callback(stage.close)
                owned.append(stage)
            if compose is not None:
                owned.append(compose)
            voice = self._voice(profile)
            unfinished.callback(voice.close)
            label, picture = marks(profile, self._size)
            unfinished.pop_all()
        return Chain(profile, (*first, *owned[sensing:]), tuple(owned), voice, label, picture)

    def _senses(self, profile: Profile) -> Iterator[VideoStage | None]:
        """The stages of a profile's own that find people: the next is made when the last has its owner."""
        yield sighted(self._tracker, profile, self.runtime)
        yield open_casting(profile, self._meeting, waits=self._circumstances.waits)
        yield self._own_matte(profile)

    def _first(self, own: Sequence[VideoStage]) -> tuple[VideoStage, ...]:
        """The stages that all chains share, with a profile's own ones in their places."""
        matte = next((stage for stage in own if isinstance(stage, PersonMatte)), self._matte)
        tracker = next((stage for stage in own if isinstance(stage, Sighted)), self._tracker)
        casting = (stage for stage in own if isinstance(stage, Casting))
        return self._ahead if matte is self._matte else Ahead(matte), tracker, *casting, matte

    def _own_matte(self, profile: Profile) -> PersonMatte | None:
        """The stage that tells the person from the room by the profile's own network; None where it brings none."""
        path = profile.matting.model
        if path is None:
            return None
        file = read_named(profile, path)
        own = open_guarded(self.runtime, self._models, file, profile.matting, self._size)
        return PersonMatte(own, self._beside)

    def _worn(self, profile: Profile) -> Iterator[VideoStage]:
        """The stages that hide or cover faces, one after the other: the next is made when the last has its owner."""
        yield Bystanders(profile)
        yield self._face(profile)
        for role, other in enumerate(profile.cast_profiles):
            yield CastMember(role, self._face(other, quiet=True), telling(profile, role, self.runtime.tell))

    def _face(self, profile: Profile, *, quiet: bool = False) -> VideoStage:
        """The stage that wears the profile's face; a quiet one tells nobody why it can't."""
        if profile.face.engine == "photo":
            target, masks = self._target(profile), open_masks(self.runtime, profile)
            worn = PhotoSwap(target, profile, None if masks is None else GridMasks(masks, target))
            return restored(worn, profile, self.runtime)
        return restored(face_stage(profile, self.runtime, self._models, quiet=quiet), profile, self.runtime)

    def _voice(self, profile: Profile) -> AudioStage:
        """The profile's voice, with as much time as it asks for or this computer needs; networks only to be heard."""
        session, wanted_ms = self._circumstances, profile.voice.latency_ms
        is_rvc = profile.voice.engine == "rvc" and session.heard
        if session.report is not None:
            kept_ms = (self._rvc if is_rvc else self._dial).least_ms(profile, wanted_ms)
            if kept_ms > wanted_ms:
                text = (
                    f"This computer can't make the voice of {profile.title} within {wanted_ms:g} ms; "
                    f"it gets {kept_ms:g} ms. Close other programs, or set latency_ms in [voice] higher."
                )
                session.report(Event(Level.WARNING, text, session.clock.now_ns()))
            wanted_ms = kept_ms
        return self._rvc.stage(profile, wanted_ms) if is_rvc else voice_stage(profile, wanted_ms, self.actor)

    def relabel(self, chain: Chain, profile: Profile) -> Chain:
        """The chain for the live settings of `profile`, label and card made anew if they change.

        Its stages hear of the settings when the chain enters the lane.
        """
        if profile.disclosure == chain.profile.disclosure:
            return replace(chain, profile=profile)
        label, picture = marks(profile, self._size)
        return replace(chain, profile=profile, label=label, card=picture)

    def close(self) -> None:
        """Closes the shared stages."""
        self._tracker.close()
        self._matte.close()
        self._beside.shutdown()
        self._knowing.shutdown()
        self.runtime.close()
        self.runtime.aside.close()
        self._targets.clear()

    def _target(self, profile: Profile) -> PhotoTarget:
        """The portrait made ready; kept, so that coming back to it is quick."""
        path = profile.resolve(profile.face.portrait)
        key = (path, path.stat().st_mtime_ns if path.exists() else 0)
        target = self._targets.pop(key, None) or PhotoTarget(read_portrait(path, self._models))
        self._targets[key] = target
        while len(self._targets) > TARGETS_KEPT:
            self._targets.popitem(last=False)
        return target


def marks(profile: Profile, size: tuple[int, int]) -> tuple[Label, Pixels]:
    """A profile's label, and its card with the label, for frames of a width and height."""
    label = Label.build(profile.title, profile.disclosure, size)
    picture = card(profile.title, size)
    label.draw(picture)
    return label, picture


def require_clearance(profile: Profile) -> None:
    """Lets only cleared profiles through.

    Raises:
        ConsentError: the profile, or one that it casts, is of a real person and nothing clears it.
    """
    if profile.kind is not Kind.PERSONA:
        raise ConsentError(
            f"The profile {profile.name} is of a real person and has no verified consent record; "
            "it can be shown and checked, not run."
        )
    if not profile.consent.declaration:
        raise ConsentError(
            f"The profile {profile.name} does not declare that its persona is synthetic; "
            "add `declaration` to [consent] in its profile.toml."
        )
    if len(profile.cast_profiles) != len(profile.cast):
        raise ConsentError(f"The profiles in [[cast]] of {profile.name} were not looked at; load it from the store.")
    for other in profile.cast_profiles:
        try:
            require_clearance(other.model_copy(update={"cast": (), "cast_profiles": ()}))
        except ConsentError as error:
            raise ConsentError(f"The profile {profile.name} can't cast {other.name}. {error}") from error


def same_but_live(a: Profile, b: Profile) -> bool:
    """Whether two profiles differ at most in settings that running stages can take."""
    live_face = set(type(a.face).model_fields) - {"engine", "portrait"}
    return (
        a.model_dump(exclude=set(LIVE_SECTIONS)) == b.model_dump(exclude=set(LIVE_SECTIONS))
        and (a.voice.engine, a.voice.latency_ms) == (b.voice.engine, b.voice.latency_ms)
        and a.face.model_dump(exclude=live_face) == b.face.model_dump(exclude=live_face)
        and a.dfm.model == b.dfm.model
        and a.cast_profiles == b.cast_profiles
        and a.background.model_dump(exclude=set(LIVE_BACKGROUND_KEYS))
        == b.background.model_dump(exclude=set(LIVE_BACKGROUND_KEYS))
    )
