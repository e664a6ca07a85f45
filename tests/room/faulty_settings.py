"""The tests' settings with a channel layer that has room for one message and loses others (`faulty_layer`)."""

from config.settings.test import *  # noqa: F403
from config.settings.test import CHANNEL_LAYERS as SOUND

CHANNEL_LAYERS = {"default": {**SOUND["default"], "BACKEND": "tests.room.faulty_layer.FaultyLayer"}}
