#!/usr/bin/env python3
"""Writes an export of one asset that has very much of one small thing, for scripts/memory.sh.

    scripts/absurd-assets.py titles 100 > export.json        about 100 MB
"""

import sys

PLACES = {
    # What a run may forget as it goes, so that there may be any number of them.
    "titles": ('{"externalId":"x","task":{"stage":"S","tools":[', '{"title":"car %d","point":[1]}', "]}}"),
    "types": ('{"externalId":"x","task":{"stage":"S","tools":[', '{"title":"car","type %d":[1]}', "]}}"),
    "keys": ('{"externalId":"x","task":{"stage":"S","tools":[{', '"k%d":1,"l%d":[]', "}]}}"),
    "urls": ('{"externalId":"x","dataset":[', '"a/%d?b"', '],"task":{"stage":"S"}}'),
    "drops": ('{"externalId":"x","task":{"stage":"S",', '"stageHistory":0,"k%d":1', "}}"),
    "late": ('{"task":{"tools":[', '{"title":"car %d"}', '],"stage":"S"},"externalId":"x"}'),
    # What is remembered to the asset's end, so that there is a limit.
    "history": ('{"externalId":"x","task":{"stage":"S","stageHistory":[', '{"tools":[%d]}', "]}}"),
    "tasks": ('{"externalId":"x","tasks":[', '{"status":"S","objects":[{"title":"t%d"}]}', "]}"),
    "batches": ('{"externalId":"x","batches":[', '"b%d"', '],"task":{"stage":"S","tools":[1]}}'),
    "context": ('{"externalId":"x","metadata":[', "%d", '],"task":{"stage":"S","tools":[1,2,3]}}'),
}


def main():
    place, size = sys.argv[1], int(float(sys.argv[2]) * 1e6)
    opening, item, closing = PLACES[place]
    out = sys.stdout.buffer
    written = out.write(opening.encode())
    number = 0
    parts = item.count("%d")
    while written < size:
        items = [item % ((number + index,) * parts) for index in range(10_000)]
        written += out.write((("," if number else "") + ",".join(items)).encode())
        number += len(items)
    out.write((closing + "\n").encode())


main()
