"""Sizes of networks: by name, or as a dict of settings."""

from ..exceptions import TNGInputError


def config_of_size(config_class, size, sizes, **fixed):
    """
    Settings of a network.

    :param config_class: dataclass of the settings.
    :param size: name of one of ``sizes``, or dict of settings.
    :param sizes: dict name -> dict of settings.
    :param fixed: settings that a size cannot change.
    :return: instance of ``config_class``.
    :raises TNGInputError: for a name or a setting that does not exist, or a value out of range.

    .. rubric:: Example

    >>> from obspy_tng.models.autoencoder import ReleasedConfig
    >>> config_of_size(ReleasedConfig, "small", {"small": {"d_model": 16}}, seq_len=100).d_model
    16
    """
    if isinstance(size, str):
        if size not in sizes:
            raise TNGInputError(f"size must be one of {sorted(sizes)} or a dict, got {size!r}")
        size = sizes[size]
    try:
        return config_class(**{**size, **fixed})
    except TypeError as exc:
        raise TNGInputError(f"size: {exc}") from exc
