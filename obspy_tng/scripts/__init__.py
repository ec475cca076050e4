"""The console script ``obspy-tng``: arguments in, one call each of the public API."""
