"""The command's door: arguments in, exit status out.

The version is answered before anything is imported, because editors and scripts ask for it often.
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

        from twimlc.cli.command import run

        # The trees of a big project are a million objects with hardly a cycle among them; looking
        # for cycles would be a good part of the time.
        gc.disable()
        return run(sys.argv[1:])
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())
