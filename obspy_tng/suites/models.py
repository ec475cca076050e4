"""
Targets from ground-motion models, by `pygmm <https://pypi.org/project/pygmm/>`_ (extra
``target``): spectra of an earthquake of given magnitude and distance at a site without records.
"""

import warnings

import numpy as np

from .._checks import ascending, positive
from ..exceptions import TNGInputError, warn
from ..signal.intensity import STANDARD_GRAVITY
from .targets import Target

#: models of response spectra: abbreviation -> class of pygmm. All are for RotD50 or, the older
#: ones, for the geometric mean, from which it differs by a few per cent.
MODELS = {
    "ASK14": "AbrahamsonSilvaKamai2014",
    "BSSA14": "BooreStewartSeyhanAtkinson2014",
    "CB14": "CampbellBozorgnia2014",
    "CY14": "ChiouYoungs2014",
    "I14": "Idriss2014",
    "ASB14": "AkkarSandikkayaBommer2014",
    "AGA16": "AbrahamsonGregorAddo2016",
}


def model_target(magnitude, distance, vs30, depth=10.0, models=("BSSA14",), weights=None,
                 periods=None, **scenario):
    """
    Median and sd of response spectra by ground-motion models.

    Several models give one distribution: the mean of their means, and the variance within and
    between them.

    :param magnitude: moment magnitude.
    :param distance: km, from the epicentre; the earthquake is taken as a point at ``depth``
        below it, unless ``scenario`` says more (``dist_rup``, ``dist_jb``, ``dip``, ...).
    :param vs30: m/s, mean velocity of shear waves in the uppermost 30 m.
    :param depth: km, hypocentre.
    :param models: names out of :data:`MODELS`.
    :param weights: one for each model, above 0; None: equal weights.
    :param periods: s, ascending; None: 40 from 0.02 to 5, as far as all models have them.
    :param scenario: more of pygmm's own parameters, e.g. ``mechanism="RS"``,
        ``region="japan"``, ``event_type="interface"`` (AGA16), ``depth_1_0=0.3``.
    :return: :class:`~obspy_tng.suites.targets.Target` of RotD50.
    :raises ModuleNotFoundError: without pygmm.
    :raises TNGInputError: for an unknown model, parameter or value.

    There is a :class:`~obspy_tng.exceptions.TNGWarning` for a magnitude, distance or velocity
    outside of the range of a model.
    """
    pygmm = _pygmm()
    models = [models] if isinstance(models, str) else list(models)
    unknown = [name for name in models if name not in MODELS]
    if unknown or not models:
        raise TNGInputError(f"models must be among {', '.join(MODELS)}, got {unknown or models}")
    weights = np.ones(len(models)) if weights is None else np.asarray(weights, dtype=float)
    if weights.shape != (len(models),) or not (np.isfinite(weights) & (weights > 0)).all():
        raise TNGInputError(f"weights must be {len(models)} numbers above 0, got {weights}")
    weights = weights / weights.sum()
    given = _scenario(magnitude, distance, vs30, depth, scenario)
    unknown = sorted(set(given) - set(pygmm.Scenario.KNOWN_KEYS))
    if unknown:
        raise TNGInputError(f"unknown parameters {unknown}; pygmm has "
                            f"{', '.join(sorted(pygmm.Scenario.KNOWN_KEYS))}")
    made = [_make(getattr(pygmm, MODELS[name]), name, given) for name in models]
    low = max(model.periods.min() for model in made)
    high = min(model.periods.max() for model in made)
    if periods is None:
        periods = np.geomspace(max(low, 0.02), min(high, 5.0), 40)
    # the ends may be off by rounding, where pygmm gives NaN
    periods = ascending("periods", periods, low * (1 - 1e-9), high * (1 + 1e-9))
    inside = np.clip(periods, low * (1 + 1e-12), high * (1 - 1e-12))
    means = np.stack([model.interp_ln_spec_accels(inside) for model in made])
    sds = np.stack([model.interp_ln_stds(inside) for model in made])
    mean = weights @ means
    variance = weights @ (sds ** 2 + (means - mean) ** 2)
    return Target(periods, mean + np.log(STANDARD_GRAVITY), np.sqrt(variance),
                  label=f"{' + '.join(models)}, M {magnitude:g}, {distance:g} km",
                  scenario={"models": models, "weights": weights.tolist(),
                            "magnitude": magnitude, "distance": distance, "depth": depth,
                            "vs30": vs30, **scenario})


def _pygmm():
    """The package, or an error that says how to get it."""
    try:
        import pygmm
    except ModuleNotFoundError as err:
        raise ModuleNotFoundError("ground-motion models need pygmm: "
                                  "pip install 'obspy_tng[target]'") from err
    return pygmm


def _scenario(magnitude, distance, vs30, depth, more):
    """Parameters of a point source, overridden by what is known better."""
    magnitude, vs30 = positive("magnitude", magnitude), positive("vs30", vs30)
    distance, depth = positive("distance", distance), positive("depth", depth)
    hypocentral = float(np.hypot(distance, depth))
    return {"mag": magnitude, "v_s30": vs30, "dist_jb": distance, "dist_epi": distance,
            "dist_x": distance, "dist_rup": hypocentral, "dist_hyp": hypocentral,
            "depth_hyp": depth, "depth_tor": depth, "dip": 90.0, "mechanism": "SS", **more}


def _make(cls, name, given):
    """A model of the scenario, with a warning for each value outside of its range."""
    import pygmm
    own = {}
    for parameter in cls.PARAMS:
        key, value = parameter.name, given.get(parameter.name)
        if value is None:
            if parameter.required:
                raise TNGInputError(f"{name} needs {key}" + _options(parameter))
            continue
        if hasattr(parameter, "options"):
            if value not in parameter.options:
                raise TNGInputError(f"{name}: {key} must be" + _options(parameter)
                                    + f", got {value!r}")
        else:
            low, high = (np.inf * sign if end is None else end
                         for sign, end in ((-1, parameter.min), (1, parameter.max)))
            if not low <= value <= high:
                warn(f"{name} is made for {key} from {low:g} to {high:g}, got {value:g}")
        own[key] = value
    with warnings.catch_warnings():  # pygmm's own warnings repeat those above
        warnings.simplefilter("ignore", UserWarning)
        return cls(pygmm.Scenario(**own))


def _options(parameter):
    """What a parameter can be, for a message."""
    options = getattr(parameter, "options", None)
    return f" one of {', '.join(map(repr, options))}" if options else ""
