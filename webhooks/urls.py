"""Pages of a firm's webhooks."""

from django.urls import URLPattern, path

from webhooks import views

F = "firm/<uuid:firm_id>/webhooks/"
E = f"{F}<uuid:endpoint_id>/"

urlpatterns: list[URLPattern] = [
    path(F, views.firm_webhooks, name="firm_webhooks"),
    path(E, views.firm_webhook, name="firm_webhook"),
    path(f"{E}switch/", views.webhook_switch, name="webhook_switch"),
    path(f"{E}test/", views.webhook_test, name="webhook_test"),
    path(f"{E}rotate-secret/", views.webhook_rotate, name="webhook_rotate"),
    path(f"{E}remove/", views.webhook_remove, name="webhook_remove"),
    path(f"{E}deliveries/<uuid:delivery_id>/", views.webhook_delivery, name="webhook_delivery"),
    path(f"{E}deliveries/<uuid:delivery_id>/redeliver/", views.webhook_redeliver, name="webhook_redeliver"),
]
