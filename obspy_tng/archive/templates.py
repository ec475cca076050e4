"""
Path templates of archives in files: the fields in names of files, and what matches them.
"""

import fnmatch
import re
from datetime import timedelta

from ..exceptions import TNGInputError

#: templates by name; ``*`` stands for anything
TEMPLATES = {
    "sds": "{year}/{network}/{station}/{channel}.*/"
           "{network}.{station}.{location}.{channel}.*.{year}.{doy}",
    "bud": "{network}/{station}/{station}.{network}.{location}.{channel}.{year}.{doy}",
    "flat": "*.mseed",
}
FIELDS = ("network", "station", "location", "channel", "year", "month", "day", "doy")


def template_pattern(template):
    """
    Regular expression of a path template: a group for each field, repeated ones equal.

    :param template: path with :data:`FIELDS` in braces and the wildcards ``*``, ``?`` and ``**``.
    :return: compiled pattern.
    :raises TNGInputError: for fields that do not exist.

    .. rubric:: Example

    >>> template_pattern("{network}/**/{station}.{year}").fullmatch("XX/a/b/S1.2020")["station"]
    'S1'
    """
    unknown = sorted(set(re.findall(r"\{(\w*)", template)) - set(FIELDS))
    if unknown:
        raise TNGInputError(f"template: unknown fields {unknown}; allowed: {FIELDS}")
    seen = set()

    def group(name):
        if name in seen:
            return f"(?P={name})"
        seen.add(name)
        return f"(?P<{name}>[^/.]*)"

    pieces = re.split(r"(\{\w+\}|\*\*/?|[*?])", template)
    plain = {"*": "[^/]*", "?": "[^/]", "**": ".*", "**/": "(?:.*/)?"}
    return re.compile("".join(group(p[1:-1]) if p.startswith("{") else plain.get(p, re.escape(p))
                              for p in pieces))


def wildcards(template, known=None):
    """
    A path template for ``glob``: known fields filled in, the others ``*``.

    :param template: path with :data:`FIELDS` in braces.
    :param known: dict field -> value or pattern, or None.
    :return: str

    .. rubric:: Example

    >>> wildcards("{network}/{station}.{year}", {"network": "XX"})
    'XX/*.*'
    """
    return re.sub(r"\{(\w+)\}", lambda match: (known or {}).get(match[1], "*"), template)


def matches_code(code, patterns):
    """
    True for a channel code that matches a pattern.

    :param code: str.
    :param patterns: pattern, or several with commas between them.
    :return: bool

    .. rubric:: Example

    >>> matches_code("HHZ", "?N?,HH?"), matches_code("BHZ", "?N?,HH?")
    (True, False)
    """
    return any(fnmatch.fnmatchcase(code, part.strip()) for part in patterns.split(","))


def days_between(start, end):
    """Dates from one UTCDateTime to another, both included, as a list."""
    first = start.date
    return [first + timedelta(days=i) for i in range((end.date - first).days + 1)]
