"""Measuring the composer at work."""

from __future__ import annotations

from pathlib import Path

import pytest

from cocomposer.composer.model_composer import ModelComposer
from cocomposer.errors import ModelError
from cocomposer.training.composer_evaluation import measure


def test_missing_corpora_are_named(tmp_path: Path) -> None:
    (tmp_path / "slakh").mkdir()
    with pytest.raises(ModelError, match="no pop909 and no groove"):
        measure(tmp_path, ModelComposer(), 1)
