"""Makes catalog/regions/historical.tsv: which codes of GB/T 2260 ever stood in ID numbers, and in which years.

Run by hand when a source has a newer edition (see catalog/SOURCES.md), never by the build:

    python3 make_historical_divisions.py ADDRESS_CODE_CSV CATALOG

ADDRESS_CODE_CSV holds year, code and name, one row for every year from 1980 to 2020 in which the Ministry of Civil
Affairs listed the code. CATALOG/regions/divisions.tsv says which of them are still in force.

Columns: code, name, since, until. An empty `since` is "1980 or before", an empty `until` "still in force"; `until` is
the year of the abolition, in which children were still given the code. Rows that say nothing more than
divisions.tsv (there since 1980 and still there under the same name) are left out.
"""

import collections
import csv
import pathlib
import sys

FIRST, LAST, NOW = 1980, 2020, 2023
# Numbers of zones that exist for statistics only and never stood in an ID number: 71-79 within a city, and the
# islands and districts that the statistics office counts apart.
STATISTICAL = ("4603", "6328", "2327")
# The ministry's list has Taiwan under 830000, which ID numbers use for residence permits only.
LEFT_OUT = {"830000"}


def periods(path):
    """(code, name) -> first and last year; a year that is missing in between is a gap of the list, not of the place."""
    years = collections.defaultdict(set)
    with open(path, encoding="utf-8") as file:
        for year, code, name in csv.reader(file):
            if year.isdigit() and code not in LEFT_OUT:
                years[code, name].add(int(year))
    return {key: (min(listed), max(listed)) for key, listed in years.items()}


def divisions(catalog):
    lines = (catalog / "regions" / "divisions.tsv").read_text("utf-8").splitlines()[1:]
    return {code: name for code, name, *_ in (line.split("\t") for line in lines)}


def main(address_codes, catalog):
    listed = periods(address_codes)
    current = divisions(catalog)
    always = {
        code
        for (code, name), (first, last) in listed.items()
        if first == FIRST and last == LAST and current.get(code) == name
    }
    rows = []
    for (code, name), (first, last) in listed.items():
        if code in always:
            continue
        stays = last == LAST and code in current
        since = "" if first == FIRST else str(first)
        # Gone between the two lists: some time until the newer one.
        until = "" if stays else str(NOW if last == LAST else last + 1)
        rows.append((code, name, since, until))
    known = {code for code, _ in listed}
    for code, name in current.items():
        statistical = "71" <= code[4:] <= "79" or code.startswith(STATISTICAL)
        if code not in known and not statistical and not code.endswith("0000"):
            rows.append((code, name, str(LAST + 1), ""))
    rows.sort()
    with open(catalog / "regions" / "historical.tsv", "w", encoding="utf-8", newline="\n") as out:
        out.write("code\tname\tsince\tuntil\n")
        for row in rows:
            out.write("\t".join(row) + "\n")


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]))
