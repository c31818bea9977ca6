"""twimlc: the compiler from declarative YAML call flows to static TwiML.

The public API does everything the command does: :func:`check` and :func:`build`.
It is loaded on first use, so that ``import twimlc`` stays quick.
"""

from twimlc.about import VERSION

TYPE_CHECKING = False  # typing's own constant would cost `--version` a third of its time

__version__ = VERSION

__all__ = ["__version__", "build", "check"]

if TYPE_CHECKING:
    from twimlc.pipeline import build, check


def __getattr__(name: str) -> object:
    if name in ("build", "check"):
        from twimlc import pipeline

        return getattr(pipeline, name)
    raise AttributeError(f"module 'twimlc' has no attribute {name!r}")
