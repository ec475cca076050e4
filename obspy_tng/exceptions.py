"""Errors and warnings of obspy_tng."""

import sys
import warnings

from obspy.core.util.obspy_types import ObsPyException

# between the user and the place of a warning; ObsPy decorates its functions by "decorator", which
# makes functions without a module name
_OWN = ("obspy_tng", "obspy", "decorator")


class TNGException(ObsPyException):
    """Base of every error that obspy_tng raises on purpose."""


class TNGInputError(TNGException, ValueError):
    """A value that the caller gave is not usable; the message says what is."""


class TNGCheckpointError(TNGException):
    """A model file or directory is foreign, truncated or altered."""


class TNGWarning(UserWarning):
    """The result is right, but the user should know something about it."""


def warn(message):
    """
    Give a TNGWarning at the line outside of obspy_tng and ObsPy from which they were called.

    The user can change that line, and Python shows a warning once for each line.

    :param message: str.
    """
    frame, level = sys._getframe(1), 2
    while frame.f_back is not None and (
            frame.f_globals.get("__name__", _OWN[0]).partition(".")[0] in _OWN):
        frame, level = frame.f_back, level + 1
    warnings.warn(message, TNGWarning, stacklevel=level)
