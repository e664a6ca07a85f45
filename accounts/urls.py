"""Addresses of people and firms."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
