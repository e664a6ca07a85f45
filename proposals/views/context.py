"""What every page knows about the instance."""

from django.conf import settings
from django.http import HttpRequest


def instance(request: HttpRequest) -> dict[str, object]:
    """Template variables: the instance's name and whether development pages exist."""
    return {"instance_name": settings.INSTANCE_NAME, "development": settings.DEVELOPMENT}
