"""The AWS CLI as far as our README uses it: what it was asked is kept in one file of JSON.

``s3 cp --recursive`` filters as the CLI documents it: of the filters that match the last counts.
"""

import json
import os
import sys
from fnmatch import fnmatchcase
from pathlib import Path

PLACE = Path(os.environ["FAKE_AWS"])


def copy(state, source, to, *options):
    filters, meta, rest = [], {}, list(options)
    while rest:
        name = rest.pop(0)
        if name == "--recursive":
            continue
        value = rest.pop(0)
        if name in ("--exclude", "--include"):
            filters.append((name == "--include", value))
        else:
            meta[name] = value
    bucket, _, prefix = to.removeprefix("s3://").partition("/")
    assert bucket == "BUCKET"
    for file in sorted(path for path in Path(source).rglob("*") if path.is_file()):
        path = file.relative_to(source).as_posix()
        wanted = True
        for wish, pattern in filters:
            wanted = wish if fnmatchcase(path, pattern) else wanted
        if wanted:
            state["puts"].append(
                [prefix + path, meta.get("--content-type"), meta["--cache-control"]]
            )


def keys(state, command, options):
    given = dict(zip(options[::2], options[1::2], strict=True))
    assert given["--kvs-arn"].startswith("arn:aws:cloudfront::")
    if command == "list-keys":
        print(json.dumps(list(state["store"])))
        return
    if command == "update-keys":
        assert given["--if-match"] == state["etag"], "ConflictException"
        puts = json.loads(given.get("--puts", "[]"))
        deletes = json.loads(given.get("--deletes", "[]"))
        assert 0 < len(puts) + len(deletes) <= 50, "ValidationException"
        state["store"].update({item["Key"]: item["Value"] for item in puts})
        for item in deletes:
            del state["store"][item["Key"]]
        state["puts"].append(["store", len(puts), len(deletes)])
        state["etag"] += "1"
    print(state["etag"])


def function(state, command, options):
    given = dict(zip(options[::2], options[1::2], strict=True))
    if command == "describe-function":
        print("F1")
    elif command == "update-function":
        assert given["--if-match"] == "F1"
        assert given["--function-code"] == "fileb://router.js"
        state["function"] = json.loads(given["--function-config"])
        print("F2")
    else:
        assert (command, given["--if-match"]) == ("publish-function", "F2")
        state["puts"].append(["function"])


def main(service, command, *options):
    state = json.loads(PLACE.read_text())
    if (service, command) == ("s3", "cp"):
        copy(state, *options)
    elif service == "cloudfront-keyvaluestore":
        keys(state, command, options)
    else:
        assert service == "cloudfront"
        function(state, command, options)
    PLACE.write_text(json.dumps(state))


if __name__ == "__main__":
    main(*sys.argv[1:])
