"""Errors and warnings of obspy_tng."""

from obspy.core.util.obspy_types import ObsPyException


class TNGException(ObsPyException):
    """Base of every error that obspy_tng raises on purpose."""


class TNGInputError(TNGException, ValueError):
    """A value that the caller gave is not usable; the message says what is."""


class TNGCheckpointError(TNGException):
    """A model file or directory is foreign, truncated or altered."""


class TNGWarning(UserWarning):
    """The result is right, but the user should know something about it."""
