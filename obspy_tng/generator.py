"""
TNGGenerator: fit, enrol, generate, save, load
==============================================

A generator is fitted on records, or records are enrolled with a trained model. It
generates new records of a station as Streams. The differences between architectures
are in :mod:`obspy_tng.methods`.
"""

import logging

import obspy

from ._checks import count, one_of
from ._page import facts
from ._version import __version__
from .exceptions import TNGCheckpointError, TNGException, TNGInputError
from .groundmotion.site_terms import Site
from .methods import METHODS, Method, ReleasedMethod
from .methods.generator_state import GeneratorState, sensible_description
from .methods.tng.prior import load_pretrained, pretrained_folder
from .models.checkpoint import load_folder, load_weights, state_hash
from .records.enrolled import Enrolled, refuse_generated
from .records.info import record_info
from .records.record import check_station, group_by_station, record_to_array, station_id
from .records.synthetic import synthetic_record
from .station_generator import StationGenerator
from .training import Processes, RecordStore, TrainingSettings, choose_device

logger = logging.getLogger("obspy_tng")


class TNGGenerator(StationGenerator):
    """
    Conditional generator of strong-motion records for single stations.

    :param sampling_rate: Hz, of every record in and out.
    :param window: record length in s (60 s as published; 120 s at 50 Hz suits
        sites of 0.2 Hz).
    :param architecture: "tng" (source records and the station bottleneck; ready to :meth:`enroll`
        with the weights in the package), "flow" (waveforms by flow matching; to be trained),
        "released" (the published autoencoder), "conditional" (the station-conditioned variational
        model), or "spectrogram" (the baseline, :class:`obspy_tng.baselines.SpectrogramCVAE`).
    :param size: "small" (trains on a CPU in minutes), "paper" (published sizes; not of "tng" and
        "flow"), "large" ("flow" alone), or a dict of the architecture's sizes.
    :param training: dict of :class:`~obspy_tng.training.TrainingSettings`; other settings have the
        defaults of that class or of the architecture. A setting without effect is refused: "tng"
        has no first phase if it starts with the weights in the package.
    :param device: torch device; None takes CUDA if available.
    :param seed: of initial weights and training.

    Options of :meth:`generate`, by architecture:

    * "tng": ``sampler`` ("source", "posterior" or "prior"), ``station_uncertainty`` ("mean" or
      "drawn"); see :mod:`obspy_tng.methods.tng.method`.
    * "flow": ``steps`` (evaluations of the network for a record), ``station_uncertainty``; see
      :mod:`obspy_tng.methods.flow.method`.
    * "released": ``sampler`` ("mean" or "dirichlet"), ``k``, ``alpha``, ``amplitudes`` ("station"
      or "paper"); see :class:`obspy_tng.methods.ReleasedMethod`.
    * the others: ``sampler`` ("posterior", "dirichlet" or "prior") and the same others; see
      :class:`obspy_tng.methods.ConditionalMethod`.

    .. rubric:: Example

    >>> from obspy_tng import TNGGenerator, simulate_network
    >>> net = simulate_network(n_stations=2, n_events=4, seed=1, window=20.0)
    >>> gen = TNGGenerator(window=20.0)
    >>> gen = gen.enroll(net.records, inventory=net.inventory)
    >>> station = list(gen.stations)[0]
    >>> streams = gen.generate(station, n=3, seed=0)
    >>> len(streams), streams[0][0].stats.npts
    (3, 2000)
    """

    def __init__(self, sampling_rate=100.0, window=60.0, architecture="tng", *,
                 size="small", training=None, device=None, seed=0):
        super().__init__(sampling_rate, window)
        self.architecture = one_of("architecture", architecture, sorted(METHODS))
        self.size = size
        self.training = TrainingSettings.from_dict({**METHODS[architecture].training,
                                                    **(training or {})})
        self.device = choose_device(device)
        self.seed = count("seed", seed)
        self.history = []
        self._method = self._new_method()
        self._trained = (architecture == "tng" and self.training.pretrained
                         and load_pretrained(self.model))
        self._refuse_idle(training or {})
        self._fitted_bank = None
        self._hash = None
        self._start = None  # weights of another training that fit() begins with

    def _refuse_idle(self, given):
        """Raise for settings of the training that would change nothing."""
        idle = METHODS[self.architecture].idle_settings(self._trained)
        for name in idle.keys() & given.keys():
            raise TNGInputError(f"training: {name}={given[name]!r} changes nothing: {idle[name]}")

    @property
    def name(self):
        """Name of the generator in tables and provenance."""
        return "tng" if self.architecture == "tng" else f"tng-{self.architecture}"

    @property
    def method(self) -> Method:
        """How the architecture trains, enrols and draws."""
        return self._method

    @property
    def model(self):
        """The network, a ``torch.nn.Module`` in evaluation mode."""
        return self._method.model

    def __repr__(self):
        trained = "trained" if self._trained else "not trained"
        return (f"<TNGGenerator {self.architecture!r}, {self.sampling_rate:g} Hz, "
                f"{self.window:g} s, {trained}, {len(self._bank)} stations, "
                f"{sum(self.stations.values())} records, {self.device}>")

    def _repr_html_(self):
        return facts([(repr(self)[1:-1], ""), *((name, f"{number} records")
                                                 for name, number in self.stations.items())])

    # -- learning -------------------------------------------------------------

    def fit(self, records, inventory=None, *, targets=None, checkpoint=None, log=None,
            progress=True, allow_generated=False):
        """
        Train on the records and enrol every station in them.

        Under ``torchrun --nproc-per-node N`` the processes share the work.

        :param records: iterable of records; or, for more than memory holds, a
            :class:`~obspy_tng.training.RecordStore`, of which only the targets
            are enrolled.
        :param inventory: Inventory with the stations' coordinates; optional.
        :param targets: station ids for which the second phase is trained ("released":
            the first is then trained on the others); None trains both on all. "tng" has no
            phase for single stations and takes targets with a RecordStore only.
        :param checkpoint: file to resume from, written after every epoch; None
            writes none.
        :param log: folder for loss curves (CSV, TensorBoard); None writes none.
        :param progress: show progress bars on a terminal, and log lines elsewhere.
        :param allow_generated: see :meth:`enroll`.
        :return: self
        :raises TNGInputError: for records that are not usable, or unknown targets.
        """
        stored = isinstance(records, RecordStore)
        if targets is not None and not stored and not METHODS[self.architecture].station_phase:
            raise TNGInputError(f"targets={targets!r} change nothing: architecture "
                                f"{self.architecture!r} has no phase for single stations")
        if not stored:
            records = group_by_station(records)
        groups = records.checked_groups(self.sampling_rate, self.npts) if stored else \
            self._checked(records, True)
        joined = self._joined(inventory, None if stored else records)
        if not allow_generated:
            refuse_generated(groups)
        if not groups:
            raise TNGInputError("no new records to fit: all of them are enrolled already")
        unknown = sorted(set(targets or ()) - set(groups))
        if unknown:
            raise TNGInputError(f"targets {unknown} have no records; stations: {sorted(groups)}")
        if progress:
            logger.info("fitting %r to %d records of %d stations", self.architecture,
                        sum(len(infos) for _, infos in groups.values()), len(groups))
        method = self._new_method()
        if self._start is not None:
            load_weights(method.model, self._start, "the weights to start from")
            method.pretrained = True
        history = method.fit(groups, list(targets or groups), self.training, seed=self.seed,
                             checkpoint=checkpoint, log=log, progress=progress)
        self._method, self.history, self._trained, self._hash = method, history, True, None
        self._bank = {}
        self._add({s: groups[s] for s in (targets or groups)} if stored else groups)
        self._source_inventory = joined
        return self

    def enroll_site(self, station, *, vs30=None, f0=None, inventory=None):
        """
        Add what is known of the ground at a station, which need not have records.

        Its level follows from Vs30, its HVSR and level from f0, its waveforms from source records
        of the other stations (:mod:`obspy_tng.groundmotion.site_terms`). Records of the station,
        enrolled before or after, are used too. ``stats.tng.station_sd`` and ``station_hvsr_sd`` of
        the generated records state how uncertain the station's term is: without records they are
        nearly phi_s2s. With ``station_uncertainty="drawn"`` each seed has a term
        of its own.

        :param station: station id ``"NET.STA"``.
        :param vs30: mean velocity of S waves in the uppermost 30 m, m/s.
        :param f0: fundamental frequency of the soil in Hz, of microtremors, say.
        :param inventory: Inventory with the station's coordinates; optional.
        :return: self
        :raises TNGInputError: if nothing is known, for values that no ground has, and for
            architectures other than "tng".

        .. rubric:: Example

        >>> from obspy_tng import TNGGenerator, simulate_network
        >>> gen = TNGGenerator(window=20.0)
        >>> gen = gen.enroll(simulate_network(2, 4, seed=1, window=20.0).records)
        >>> gen = gen.enroll_site("XX.NEW", vs30=300.0, f0=2.5)
        >>> gen.stations["XX.NEW"]
        0
        >>> record = gen.generate("XX.NEW", seed=0, magnitude=6.0, distance=30.0)[0]
        >>> record[0].stats.tng.enrolled, record[0].stats.tng.station_sd > 0.4
        (0, True)
        """
        if self.architecture != "tng":
            raise TNGInputError(f"enroll_site(): architecture {self.architecture!r} cannot use "
                                'site data; only "tng" can')
        check_station(station)
        site = Site(vs30, f0)
        if not site.known:
            raise TNGInputError(f"nothing is known of the ground at {station}: give vs30 (m/s) or "
                                "f0 (Hz)")
        self._source_inventory = self._joined(inventory)
        self._sites = {**self._sites, station: site}
        self._fitted_bank = None
        return self

    def _check_ready(self):
        if not self._trained:
            raise TNGException(
                f"enroll() needs a trained model, and no weights for architecture="
                f"{self.architecture!r}, size={self.size!r} come with the package: call fit(), or "
                "begin with TNGGenerator.load(), from_pretrained() or from_published()")

    def _new_method(self) -> Method:
        """The architecture's method with initial weights."""
        return METHODS[self.architecture](self.npts, self.sampling_rate, size=self.size,
                                          device=self.device, seed=self.seed)

    def _encode(self, station, data, infos):
        self._fitted_bank = None
        return self._method.encode(station, data, infos)

    # -- generating -------------------------------------------------------------

    def _draw(self, station, rngs, scenarios, **options):
        if self._fitted_bank is None:
            self._fitted_bank = self._method.fit_bank(self._bank, **(
                {"sites": self._sites} if self._sites else {}))
        return self._method.draw(self._enrolled(station), station, rngs, scenarios,
                                 self._fitted_bank, sampling_rate=self.sampling_rate, **options)

    def _options(self):
        return set(self._method.options)

    def _provenance(self):
        return {"architecture": self.architecture, "model": self.model_hash,
                "version": __version__}

    def _station_provenance(self, station):
        return self._sites[station].known if station in self._sites else {}

    @property
    def model_hash(self):
        """Hash of the weights, 16 hexadecimal digits."""
        if self._hash is None:
            self._hash = state_hash({k: v.cpu() for k, v in self.model.state_dict().items()})
        return self._hash

    def reconstruct(self, stream) -> obspy.Stream:
        """
        A record through encoder and decoder.

        :param stream: record of this generator's rate and length.
        :return: record on synthetic channels, at the start time of the original.
        :raises TNGInputError: if the record has another rate or length, or is not usable.
        """
        data = record_to_array(stream, self.sampling_rate, self.npts)
        info = record_info(stream)
        tng = {**info, **self._provenance(), "generator": self.name + " (reconstruction)",
               "record_id": info["record_id"] + ".reconstruction",
               "sources": [info["record_id"]]}
        station = station_id(stream)
        return synthetic_record(self._method.reconstruct(station, data[None], [info])[0],
                                self.sampling_rate, station, stream[0].stats.starttime, tng)

    # -- saving and loading -------------------------------------------------------

    def save(self, folder):
        """
        Write the generator to a folder (JSON and safetensors; complete or not at all).

        Under ``torchrun`` the first process writes, and the others wait for it.

        :param folder: path; an earlier model there is replaced.
        :raises TNGInputError: if the folder holds something else or cannot be written.
        """
        if not self._trained:
            raise TNGException("nothing to save: the model is not trained; call fit()")
        arguments = {"architecture": self.architecture, "sampling_rate": self.sampling_rate,
                     "window": self.window, "size": self.model.settings(), "seed": self.seed}
        weights = {name: value.cpu().numpy() for name, value in self.model.state_dict().items()}
        processes = Processes.join(self.device)
        if processes.first:
            GeneratorState(arguments, self.training, self.history, weights, self._bank,
                           self._sites, self._source_inventory).write(folder)
        processes.wait()

    @classmethod
    def load(cls, folder, device=None) -> "TNGGenerator":
        """
        Read a generator that :meth:`save` wrote.

        :param folder: path.
        :param device: torch device; None takes CUDA where there is one.
        :return: TNGGenerator
        :raises TNGCheckpointError: if the folder is foreign, truncated or altered.
        """
        state, device = GeneratorState.read(folder), choose_device(device)
        with sensible_description(folder):
            generator = cls(**state.arguments, device=device)
        load_weights(generator.model, state.weights, folder)
        generator._trained = True
        generator.training, generator.history = state.training, state.history
        generator._bank, generator._sites = state.bank, state.sites
        generator._source_inventory = state.inventory
        return generator

    @classmethod
    def from_pretrained(cls, name="tng-small", *, sampling_rate=100.0, window=60.0, device=None):
        """
        A generator with weights in the package: it needs no training and no download.

        Add stations with :meth:`enroll`, or adapt the weights to records with :meth:`fit`. The
        weights were trained on 60 s at 100 Hz and 120 s at 50 Hz. Any other rate and window
        works; frequencies above 25 Hz in 120 s get the shape of the highest band.

        :param name: "tng-small", or the folder of other weights: those of architecture "flow" are
            written by ``examples/pretrain_flow.py``.
        :param sampling_rate: Hz.
        :param window: record length in s.
        :param device: torch device; None takes CUDA where there is one.
        :return: TNGGenerator
        :raises TNGInputError: for an unknown name.

        .. rubric:: Example

        >>> from obspy_tng import TNGGenerator, simulate_network
        >>> net = simulate_network(1, 3, seed=1)
        >>> gen = TNGGenerator.from_pretrained("tng-small")
        >>> gen = gen.enroll(net.records)
        >>> len(gen.generate("SM.S001", n=2, seed=0, magnitude=6.5, distance=40.0))
        2
        """
        folder = pretrained_folder(name)
        description, arrays, _ = load_folder(folder)
        if description.get("architecture") == "flow":
            generator = cls(sampling_rate, window, "flow", size=description["size"], device=device)
            load_weights(generator.model, arrays["weights"], folder)
            generator._trained, generator._start = True, arrays["weights"]
            return generator
        generator = cls(sampling_rate, window, "tng", device=device)
        if not load_pretrained(generator.model, folder):
            raise TNGCheckpointError(f"{folder}: weights of another size than this version's")
        return generator

    @classmethod
    def from_published(cls, checkpoint, latent_bank=None, top_k=2, *, sampling_rate=100.0,
                       network="TK", periods="record", device=None):
        """
        Open the paper's own files.

        :param checkpoint: torch file with ``model_state_dict``, or a bare state dict.
        :param latent_bank: npz of ``latents_<station>``, ``means_<station>`` and
            ``stdev_<station>``, in gal, components E, N, U; None enrols nothing.
        :param top_k: number of periods, which does not follow from the weights.
        :param sampling_rate: Hz; 100 as published.
        :param network: network code for the bank's stations.
        :param periods: "record", or "batch" as the public code.
        :param device: torch device; None takes CUDA where there is one.
        :return: TNGGenerator
        :raises TNGCheckpointError: if a file is not such a file.
        """
        method = ReleasedMethod.from_published(checkpoint, top_k, periods, choose_device(device))
        size = method.model.settings()
        npts = size.pop("seq_len")
        generator = cls(sampling_rate, npts / sampling_rate, "released", size=size, device=device)
        generator._method, generator._trained = method, True
        if latent_bank is not None:
            generator._bank = {f"{network}.{code}": Enrolled.published(arrays, f"{network}.{code}")
                               for code, arrays in method.published_arrays(latent_bank)}
        return generator
