"""What error pages and reports leave out."""

import re

from django.views.debug import SafeExceptionReporterFilter


class ReporterFilter(SafeExceptionReporterFilter):
    """Django hides settings that are called key, secret, token or password; a PIN opens as much."""

    hidden_settings = re.compile(f"{SafeExceptionReporterFilter.hidden_settings.pattern}|_PIN$", flags=re.IGNORECASE)
