"""The long-lived objects without Qt, made and closed in order: what window and command line both stand on."""

from sdstudio.studio.composition import Studio
from sdstudio.studio.session import EndpointSession

__all__ = ["EndpointSession", "Studio"]
