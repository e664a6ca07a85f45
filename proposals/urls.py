"""Addresses of the proposals' pages."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
