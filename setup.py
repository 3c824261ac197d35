"""The one thing pyproject.toml cannot say: found packages and two data folders that live beside them."""

from setuptools import find_packages, setup

setup(packages=[*find_packages(include=["cocomposer", "cocomposer.*"]), "cocomposer.presets", "cocomposer.assets"])
