"""The room that a profile asks for."""

from pipeline.video.background.room import BlurredRoom, PictureRoom, Room
from pipeline.video.background.video_room import VideoRoom
from profiles.profile import Profile


def open_room(profile: Profile) -> Room | None:
    """The room that a profile asks for, or None for the actor's own.

    Raises:
        MediaError: the picture or video can't be used.
    """
    settings = profile.background
    match settings.kind:
        case "image":
            return PictureRoom.read(profile.resolve(settings.path))
        case "video":
            return VideoRoom(profile.resolve(settings.path))
        case "colour":
            return PictureRoom.plain(settings.colour)
        case "blur":
            return BlurredRoom(settings.blur)
        case "none":
            return None
