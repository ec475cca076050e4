"""Packaging of obspy_tng (metadata only; the package is never imported here)."""

import re
from pathlib import Path

from setuptools import find_packages, setup

ROOT = Path(__file__).resolve().parent
VERSION = re.search(r'^__version__ = "([^"]+)"',
                    (ROOT / "obspy_tng" / "_version.py").read_text("utf-8"),
                    re.MULTILINE).group(1)

EXTRAS = {
    "test": ["pytest>=8", "hypothesis", "ruff", "mypy", "pytest-benchmark", "pytest-xdist",
             # independent implementations that the tests compare with;
             # hvsrpy imports IPython without declaring it
             "hvsrpy>=2", "ipython",
             "pyrotd>=0.6", "setuptools<81", "build", "statsmodels", "PyWavelets",
             # tables, notebooks, bibliography of the documentation
             "pandas", "nbclient", "ipykernel", "docutils"],
    "docs": ["sphinx>=7.3", "sphinx-gallery>=0.18", "furo", "myst-parser", "sphinx-copybutton",
             "latex2mathml", "pygmm>=0.8"],
    "dask": ["distributed"],
    "tensorboard": ["tensorboard"],
    # ground-motion models as targets, spectral matching (its code asks for NumPy 2)
    "target": ["pygmm>=0.8"],
    "match": ["reqpy-M>=0.4", "numpy>=2"],
}

# ObsPy waveform formats: module of obspy_tng.io -> whether it also writes
FORMATS = {"dyna": True, "asa": False, "nsmn": False, "afadmat": False, "cosmos": False,
           "csmip": False, "geonet": False, "smc": False, "at2": True, "cwa": False, "csmnc": False,
           "bhrc": False, "esd": False, "usc": False}
WAVEFORM_PLUGINS = {
    "obspy.plugin.waveform": [f"{n.upper()}=obspy_tng.io.{n}" for n in FORMATS],
    **{f"obspy.plugin.waveform.{n.upper()}": [
        f"isFormat=obspy_tng.io.{n}:is_{n}", f"readFormat=obspy_tng.io.{n}:read_{n}",
        *([f"writeFormat=obspy_tng.io.{n}:write_{n}"] if writes else [])]
       for n, writes in FORMATS.items()},
}

setup(
    name="obspy_tng",
    version=VERSION,
    description="Site-specific strong-motion records for ObsPy (TimesNet-Gen)",
    long_description=(ROOT / "README.md").read_text("utf-8"),
    long_description_content_type="text/markdown",
    license_expression="MIT",
    license_files=["LICENSE"],
    packages=find_packages(include=["obspy_tng", "obspy_tng.*"]),
    package_data={"obspy_tng": ["py.typed", "weights/*/*", "archive/*.npz",
                                "groundmotion/*.npz"]},
    python_requires=">=3.10",
    install_requires=["numpy>=1.25", "scipy>=1.10", "obspy>=1.5", "torch>=2.3",
                      "tqdm>=4.60", "matplotlib>=3.6.1", "safetensors>=0.4",
                      "scikit-learn>=1.3", "threadpoolctl>=3.1"],
    extras_require=EXTRAS,
    entry_points={"console_scripts": ["obspy-tng=obspy_tng.scripts.main:main"],
                  **WAVEFORM_PLUGINS},
    classifiers=[
        "Development Status :: 3 - Alpha",
        "Intended Audience :: Science/Research",
        "Programming Language :: Python :: 3",
        *(f"Programming Language :: Python :: 3.{minor}" for minor in range(10, 14)),
        "Topic :: Scientific/Engineering :: Physics",
    ],
    keywords=["seismology", "strong motion", "HVSR", "ground motion", "obspy"],
)
