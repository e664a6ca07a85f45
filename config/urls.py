"""Every address of the instance."""

from django.contrib import admin
from django.urls import include, path

handler404 = "proposals.views.errors.page_not_found"
handler500 = "proposals.views.errors.server_error"

urlpatterns = [
    path("admin/", admin.site.urls),
    path("", include("accounts.urls")),
    path("", include("api.urls")),
    path("", include("proposals.urls")),
]
