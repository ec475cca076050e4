"""The baseline of the paper: a conditional variational autoencoder of spectrograms."""

from ..generator import TNGGenerator


class SpectrogramCVAE(TNGGenerator):
    """
    Conditional convolutional VAE on amplitude and phase spectrograms.

    Trained as :class:`~obspy_tng.TNGGenerator`: first on all records without their stations,
    then with the station's vector appended to the latent. For the network, and for choices
    that the paper does not describe, see :mod:`obspy_tng.models.spectrogram_vae`.

    Parameters as :class:`~obspy_tng.TNGGenerator`, but ``architecture``. Options of
    :meth:`generate`: ``sampler`` ("posterior", "dirichlet", "prior"), ``phase``
    ("decoded" or "griffin_lim"), ``iterations``, ``amplitudes``; see
    :class:`obspy_tng.methods.SpectrogramMethod`.

    .. rubric:: Example

    >>> from obspy_tng import simulate_network
    >>> net = simulate_network(n_stations=2, n_events=4, seed=1, window=20.0)
    >>> vae = SpectrogramCVAE(window=20.0, training={"epochs": 1, "finetune_epochs": 1})
    >>> vae = vae.fit(net.records, progress=False)
    >>> vae.generate("SM.S001", n=1, seed=0)[0][0].stats.tng.generator
    'spectrogram VAE'
    """

    name = "spectrogram VAE"

    def __init__(self, sampling_rate=100.0, window=60.0, architecture="spectrogram", **options):
        super().__init__(sampling_rate, window, architecture, **options)
