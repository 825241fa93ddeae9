"""What protocols and instruments plan, read from the project's own files."""
import pathlib
import re

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
PROTOCOLS = ROOT / "samples" / "protocols"


class Visit:
    """One planned visit, read from the `visits:` block of a protocol file."""

    def __init__(self, code):
        self.code, self.assess, self.ae_review, self.optional = code, [], False, False
        self.infusion, self.offset, self.before, self.after = 0, 0, 0, 0
        self.anchor, self.epoch, self.procedures = "", "pre", []

    def set(self, key, value):
        if key == "offset":
            self.offset = int(value.split()[0])
        elif key == "window":
            self.before, self.after = (int(n) for n in re.findall(r"\d+", value))
        elif key in ("assess", "procedures"):
            setattr(self, key, [word.strip() for word in value.strip("[]").split(",")])
        elif key in ("ae_review", "optional"):
            setattr(self, key, value == "true")
        elif key == "infusion":
            self.infusion = int(value)
        elif key in ("anchor", "epoch"):
            setattr(self, key, value)

    @property
    def fixed(self):
        return self.before == 0 and self.after == 0


def read_protocol(path):
    """Visits and cohorts of a protocol that is laid out as ours are: one key a line."""
    visits, cohorts, block = [], [], ""
    for line in path.read_text(encoding="utf-8").splitlines():
        line = re.sub(r"\s+# .*$", "", line)
        if re.match(r"\S", line):
            block = line.split(":")[0]
        elif block == "visits" and (key := re.match(r"\s+(?:- )?(\w+): (.*)$", line)):
            if key[1] == "code":
                visits.append(Visit(key[2]))
            else:
                visits[-1].set(key[1], key[2])
        elif block == "cohorts" and (code := re.search(r'code: "?(\w+)', line)):
            cells = re.search(r"cells_per_dose: ([\de.]+)", line)
            cohorts.append({"code": code[1], "doses": int(re.search(r"doses: (\d+)", line)[1]),
                            "cells": float(cells[1]) if cells else None})
    return visits, cohorts


def read_items(instrument):
    """Item codes of an instrument, in order."""
    text = (ROOT / "schema" / "instruments" / f"{instrument}.yaml").read_text(encoding="utf-8")
    block = text[text.index("\nitems:"):]
    end = re.search(r"\n(scores|rules):", block)
    return re.findall(r"\n  - \{?\s*code: (\w+)", block[:end.start()] if end else block)
