"""Networks of band levels whose truth is known."""

import numpy as np

from obspy_tng.groundmotion.band_levels import fixed_contrasts, level_predictors, to_levels
from obspy_tng.groundmotion.scaling import predictors
from obspy_tng.groundmotion.station_terms import station_evidence, station_terms

BANDS = 6
FREQUENCIES = 0.5 * 2.0 ** (np.arange(BANDS) / 6)
SCENARIOS = ("magnitudes", "distances", "depths")


def network(rng, stations=8, events=40, residual=0.3, phi_s2s=1.0, tau=0.6, seen=1.0):
    """
    Levels with known coefficients, station and event terms.

    ``seen``: share of the stations that record an event. Returns the arguments of
    ``fit_band_levels``, coefficients (5, D) and station terms (stations, D).
    """
    d = 3 * BANDS
    coefficients = np.zeros((5, d))
    coefficients[0], coefficients[1, :BANDS], coefficients[2, :BANDS] = rng.normal(), -0.5, -1.5
    coefficients[3, :BANDS], coefficients[4, :BANDS] = -0.5, -2.0
    station = rng.normal(0, phi_s2s, (stations, d))
    event = np.repeat(rng.normal(0, tau, (events, 3)), BANDS, axis=1)
    m, r, z = rng.uniform(4, 7, events), rng.uniform(20, 400, events), rng.uniform(5, 60, events)
    rows = [(i, j) for i in range(stations) for j in range(events)
            if seen == 1.0 or rng.random() < seen]
    of_station, of_event = np.array(rows).T
    x = predictors(m, r, z)
    contrasts = (level_predictors(x) @ coefficients
                 + fixed_contrasts(m, FREQUENCIES))[of_event] \
        + station[of_station] + event[of_event] + rng.normal(0, residual, (len(rows), d))
    return {"levels": to_levels(contrasts), "stations": [f"s{i}" for i in of_station],
            "events": [f"e{j}" for j in of_event], "magnitudes": m[of_event],
            "distances": r[of_event], "depths": z[of_event],
            "frequencies": FREQUENCIES}, coefficients, station


def network_of(model, rng, stations=8, events=40, seen=0.6):
    """Levels drawn from a model: the arguments of ``fit_band_levels``."""
    d = 3 * BANDS

    def drawn(sd, correlation, n):
        factor = np.linalg.cholesky(np.outer(sd, sd) * correlation + 1e-9 * np.eye(d))
        return rng.standard_normal((n, d)) @ factor.T

    station = drawn(np.ones(d), model.station_covariance, stations)
    event = drawn(model.tau, model.event_correlation, events)
    m, r, z = rng.uniform(4, 7, events), rng.uniform(20, 400, events), rng.uniform(5, 60, events)
    of_station, of_event = np.nonzero(rng.random((stations, events)) < seen)
    contrasts = (model.expected(m, r, z)[of_event] + station[of_station] + event[of_event]
                 + drawn(model.phi_ss, model.residual_correlation, len(of_event)))
    return {"levels": to_levels(contrasts), "stations": [f"s{i}" for i in of_station],
            "events": [f"e{j}" for j in of_event], "magnitudes": m[of_event],
            "distances": r[of_event], "depths": z[of_event], "frequencies": FREQUENCIES}


def part(data, index):
    """Some of the records."""
    return {k: v if k == "frequencies" else
            v[index] if isinstance(v, np.ndarray) else [v[i] for i in index]
            for k, v in data.items()}


def records_of(data, station):
    """Positions of a station's records."""
    return [i for i, s in enumerate(data["stations"]) if s == station]


def evidence(model, data):
    """What some records of one station tell."""
    return station_evidence(model, *(data[k] for k in ("levels", "events", *SCENARIOS)))


def term_of(model, data):
    """A station's term from its records alone."""
    return station_terms(model, {"s": evidence(model, data)})["s"]
