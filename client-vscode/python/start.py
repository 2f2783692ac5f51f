"""Starts the bundled server with the standard library and what lies beside this file, only.

To be run with ``-I -S``: neither the user's packages nor environment variables can break it. Any
Python 3 understands this file, so that one that is too old can say so.
"""

import os
import sys

OLDEST = (3, 10)
NEWEST = (3, 14)  # the libraries are compiled for each version in between


def main():
    """Run goescape; an exit code of 3 says that this Python cannot."""
    here = os.path.dirname(os.path.abspath(__file__))
    version = "%d.%d" % sys.version_info[:2]
    if not OLDEST <= sys.version_info[:2] <= NEWEST:
        sys.stderr.write("Python %s is not one of 3.10 to 3.14\n" % version)
        return 3
    folders = (os.path.join(here, name) for name in ("libs-" + version, "libs"))
    sys.path[0:0] = [folder for folder in folders if os.path.isdir(folder)]
    try:
        import tree_sitter  # noqa: F401
        import tree_sitter_go  # noqa: F401

        from goescape import __version__
        from goescape.terminal.main import main as run
    except ImportError as problem:
        sys.stderr.write("Python %s cannot load the bundled libraries: %s\n" % (version, problem))
        return 3
    if sys.argv[1:] == ["--version"]:
        print("goescape %s, Python %s" % (__version__, sys.version.split()[0]))
        return 0
    return run()


if __name__ == "__main__":
    sys.exit(main())
