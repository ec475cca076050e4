"""Version of obspy_tng; setup.py reads it by regular expression."""

__version__ = "0.1.0"
