#!/usr/bin/env python3
"""Checks docs/spec_map.md against the sources: spec_map.py [--allow-open]

That each file it names exists, each symbol occurs in its file outside of
comments, each test is one of its file by its exact name, and no id is there
twice. Then lists the clauses without an implementation or a test, which are an
error too unless --allow-open is given.
"""
import argparse
import collections
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
MAP = ROOT / "docs/spec_map.md"

HEADER = ["clause", "what", "implemented in", "checked by"]
CLAUSE_ID = re.compile(r"[a-z0-9.]+(?:-[a-z0-9]+)+-\d+")
# What a cell names: `path` or `path: symbol or test`.
REFERENCE = re.compile(r"`([^`:]+)(?:: ([^`]+))?`")
# Instead of references: a clause that is not for a router, and one that this
# router answers differently; both with the reason.
EXEMPT = ("not ours: ", "otherwise: ")
OPEN = "open"
NOTHING = "—"

LITERAL = r'"(?:[^"\\]|\\.)*"'
CHARACTER = r"'(?:[^'\\]|\\.)'"
COMMENT = re.compile(rf"({LITERAL}|{CHARACTER})|//[^\n]*|/\*.*?\*/", re.DOTALL)
TEST = re.compile(rf"\b(TEST_CASE|SCENARIO|[A-Z_]+_CASE)\s*\(\s*"
                  rf"((?:{LITERAL}\s*)+)")
# Macros that make several tests of one title, e.g. one for each language.
MACROS = "tests/interop/cases.hpp"
MACRO = re.compile(r"#define ([A-Z_]+_CASE)\(title,(.*?[^\\])\n", re.DOTALL)
PREFIX = re.compile(r'TEST_CASE\("([^"]*)" title')

Clause = collections.namedtuple("Clause", "line id implemented checked")


class Sources:
    """The files that the map names, read once each."""

    def __init__(self):
        self.texts = {}

    def text(self, path):
        """What a source says without its comments; None if it is missing."""
        if path not in self.texts:
            file = ROOT / path
            self.texts[path] = None
            if file.is_file():
                self.texts[path] = COMMENT.sub(
                    lambda found: found.group(1) or " ",
                    file.read_text(encoding="utf-8"))
        return self.texts[path]

    def has_symbol(self, path, symbol):
        return all(re.search(rf"(?<!\w){re.escape(part)}(?!\w)",
                             self.text(path))
                   for part in symbol.split("::"))

    def prefixes(self):
        """What the macros that make tests put before their title."""
        return {name: PREFIX.findall(body)
                for name, body in MACRO.findall(self.text(MACROS))}

    def tests(self, path):
        prefixes = self.prefixes()
        for macro, literals in TEST.findall(self.text(path)):
            title = "".join(part[1:-1] for part in
                            re.findall(LITERAL, literals)).replace('\\"', '"')
            for prefix in prefixes.get(macro, [""]):
                yield prefix + title


def clauses_of(document, errors):
    """The rows of all tables, and what is wrong with their form."""
    clauses = []
    for number, line in enumerate(document.splitlines(), 1):
        if not line.startswith("|"):
            continue
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
        if cells == HEADER or set("".join(cells)) <= set("-: "):
            continue
        if len(cells) != len(HEADER):
            errors.append(f"line {number}: {len(cells)} columns, not "
                          f"{len(HEADER)}")
        elif not CLAUSE_ID.fullmatch(cells[0]):
            errors.append(f"line {number}: {cells[0]} is no id of a clause")
        else:
            clauses.append(Clause(number, cells[0], cells[2], cells[3]))
    return clauses


def check_ids(clauses, errors):
    first = {}
    for clause in clauses:
        if clause.id in first:
            errors.append(f"line {clause.line}: {clause.id} is already in line "
                          f"{first[clause.id]}")
        first.setdefault(clause.id, clause.line)


def references(cell):
    """The (path, name) pairs of a cell, or None if it has anything else."""
    if REFERENCE.sub("", cell.replace("<br>", "")).strip():
        return None
    return REFERENCE.findall(cell)


def check_reference(sources, path, name, is_test):
    """What is wrong with one reference, or None."""
    if sources.text(path) is None:
        return f"{path} does not exist"
    if is_test and name not in sources.tests(path):
        return f'{path} has no test "{name}"'
    if name and not is_test and not sources.has_symbol(path, name):
        return f"{path} has no {name}"
    return None


def check_cell(sources, clause, cell, is_test, errors):
    found = references(cell)
    if found is None:
        errors.append(f"line {clause.line}: {clause.id}: not understood: "
                      f"{cell}")
        return
    for path, name in found:
        if problem := check_reference(sources, path, name, is_test):
            errors.append(f"line {clause.line}: {clause.id}: {problem}")


def check_clause(sources, clause, errors):
    """Checks the references; returns what the clause lacks, or None."""
    exempt = clause.implemented.startswith(EXEMPT)
    if not exempt and clause.implemented != OPEN:
        check_cell(sources, clause, clause.implemented, False, errors)
    if clause.checked not in (OPEN, NOTHING):
        check_cell(sources, clause, clause.checked, True, errors)
    if clause.implemented in (OPEN, NOTHING, ""):
        return "an implementation"
    if not exempt and clause.checked in (OPEN, NOTHING, ""):
        return "a test"
    return None


def main():
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--allow-open", action="store_true",
                         help="clauses without a test are listed only")
    allow_open = options.parse_args().allow_open

    errors = []
    clauses = clauses_of(MAP.read_text(encoding="utf-8"), errors)
    check_ids(clauses, errors)
    sources = Sources()
    missing = {clause: lack for clause in clauses
               if (lack := check_clause(sources, clause, errors))}

    name = MAP.relative_to(ROOT)
    for error in errors:
        print(f"{name}: {error}", file=sys.stderr)
    for clause, lack in missing.items():
        print(f"{name}: line {clause.line}: {clause.id} is without {lack}")
    exempt = sum(c.implemented.startswith(EXEMPT) for c in clauses)
    print(f"{name}: {len(clauses)} clauses, {exempt} of them not ours or done "
          f"otherwise, {len(missing)} open, {len(errors)} errors")
    if not clauses:
        print(f"{name}: no clauses", file=sys.stderr)
    sys.exit(bool(errors or not clauses or (missing and not allow_open)))


main()
