"""All scenes, by name."""

from collections.abc import Mapping

from jarvis.demo.talk.scene import Scene
from jarvis.demo.talk.scenes import errands, home, news, outings, work

SCENES: Mapping[str, Scene] = {
    scene.name: scene
    for room in (outings, errands, home, news, work)
    for scene in room.SCENES
}
