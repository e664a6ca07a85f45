"""Redis's channel layer as bad as it may be: it keeps one message for each reader, and loses what it is told to lose.

`LOSSES` names a file with the share of group messages that never leave ("0.3"); without the file none is lost.
"""

import asyncio
import os
import random
from pathlib import Path
from typing import Any

from channels_redis.pubsub import RedisPubSubChannelLayer, RedisPubSubLoopLayer
from channels_redis.utils import _wrap_close


class OneMessage(asyncio.Queue):
    """What comes while one message waits is dropped."""

    def put_nowait(self, item: Any) -> None:
        if self.empty():
            super().put_nowait(item)


class NarrowLoopLayer(RedisPubSubLoopLayer):
    async def _subscribe_to_channel(self, channel: str) -> None:
        self.channels[channel] = OneMessage()
        await self._get_shard(channel).subscribe(channel)


class FaultyLayer(RedisPubSubChannelLayer):
    def _get_layer(self) -> NarrowLoopLayer:
        loop = asyncio.get_running_loop()
        if loop not in self._layers:
            self._layers[loop] = NarrowLoopLayer(*self._args, **self._kwargs, channel_layer=self)
            _wrap_close(self, loop)
        return self._layers[loop]

    async def group_send(self, group: str, message: Any) -> None:
        try:
            lost = float(Path(os.environ["LOSSES"]).read_text() or 0)
        except FileNotFoundError:
            lost = 0.0
        if random.random() >= lost:
            await self._get_layer().group_send(group, message)
