"""The command's door: arguments in, exit status out.

The version, and what an unchanged run says again, is answered before anything else is imported,
because editors and scripts ask for it often.
"""

import sys

from twimlc.about import VERSION


def main() -> int:
    """Run the command on ``sys.argv``."""
    try:
        if sys.argv[1:] in (["--version"], ["-V"]):
            sys.stdout.write(f"twimlc {VERSION}\n")
            sys.stdout.flush()
            return 0
        import gc

        from twimlc.store.stamp import stamp_of

        # The trees of a big project are a million objects with hardly a cycle among them; looking
        # for cycles would be a good part of the time.
        gc.disable()
        stamp = stamp_of(sys.argv[1:])
        if stamp is not None and (status := stamp.replay()) is not None:
            return status
        from twimlc.cli.command import run

        return run(sys.argv[1:], stamp)
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())
