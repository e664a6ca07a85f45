"""The settings of the server that `python -m bench api` measures: those of `make run`, with bare views."""

from config.settings.dev import *  # noqa: F403
from config.settings.dev import MIDDLEWARE, REST_FRAMEWORK

ROOT_URLCONF = "bench.api_urls"
MIDDLEWARE = [*MIDDLEWARE, "bench.api_urls.counted"]
REST_FRAMEWORK = {
    **REST_FRAMEWORK,
    "DEFAULT_THROTTLE_RATES": dict.fromkeys(REST_FRAMEWORK["DEFAULT_THROTTLE_RATES"], "1000000/min"),
}
