"""Every address of the instance."""

from allauth.account.decorators import secure_admin_login
from django.contrib import admin
from django.urls import include, path

admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]

handler404 = "proposals.views.errors.page_not_found"
handler429 = "accounts.views.sign_in.too_many_requests"
handler500 = "proposals.views.errors.server_error"

urlpatterns = [
    path("admin/", admin.site.urls),
    path("", include("accounts.urls")),
    path("", include("webhooks.urls")),
    path("", include("api.urls")),
    path("", include("proposals.urls")),
]
