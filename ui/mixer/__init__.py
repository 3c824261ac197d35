"""The mixer: strips with their faders, inserts and sends, and the parameters of whatever plays or colours the sound."""

from .mixer import MixerView

__all__ = ["MixerView"]
