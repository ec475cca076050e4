"""
Links to public names, wherever an object is defined.

``obspy_tng.hvsr`` lives in ``obspy_tng.hvsr_curves`` and is described there; a reference by either
name must find it.
"""

from importlib import import_module


def find(target):
    """The full name under which autodoc describes an object, or None."""
    parts = target.lstrip(".").split(".")
    for length in range(len(parts), 0, -1):
        try:
            thing = import_module(".".join(parts[:length]))
        except ImportError:
            continue
        for part in parts[length:]:
            thing = getattr(thing, part, None)
        if thing is not None and hasattr(thing, "__qualname__"):
            return f"{thing.__module__}.{thing.__qualname__}"
        return None
    return None


def resolve(app, env, node, contnode):
    """Sphinx event ``missing-reference``."""
    target = node.get("reftarget", "")
    if node.get("refdomain") != "py" or not target.startswith("obspy_tng"):
        return None
    name = find(target)
    if name is None or name == target:
        return None
    python = env.get_domain("py")
    return python.resolve_xref(env, node["refdoc"], app.builder, "obj", name, node, contnode)


def setup(app):
    app.connect("missing-reference", resolve)
    return {"parallel_read_safe": True}
