"""A study as CSV files."""
import re

from .draw import iso
from .plan import read_items


def by_day(rows, day_at):
    """Rows in order of their day; one without a day keeps its place after the row before it."""
    keyed, latest = [], 0
    for row in rows:
        latest = row[day_at] or latest
        keyed.append((latest, row))
    return [row for _, row in sorted(keyed, key=lambda entry: entry[0])]


def cell(value):
    text = str(value)
    return '"' + text.replace('"', '""') + '"' if re.search(r'[",\r\n]', text) else text


def write_csv(path, header, rows):
    lines = [",".join(header)] + [",".join(map(cell, row)) for row in rows]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8", newline="\n")


def write_people(folder, patients):
    def born(patient):
        text = iso(patient.consent - round(patient.age * 365.25))
        return text[:getattr(patient, "birth_precision", 10)]
    write_csv(folder / "patients.csv",
              ("patient", "site", "sex", "birth_date", "height_cm", "arm", "cohort", "onset_site"),
              [(p.name, p.study.site, p.sex, born(p), p.height, "", p.cohort["code"],
                "bulbar" if p.onset == "bulbar" else "spinal") for p in patients])
    write_csv(folder / "events.csv", ("patient", "event", "date", "value", "unit", "note"),
              [(p.name, *event) for p in patients
               for event in sorted(p.events, key=lambda e: e[1])])
    write_csv(folder / "visits.csv", ("patient", "visit", "date", "mode", "status", "reason"),
              [(p.name, code, iso(day) if day else "", mode, "done" if day else "not-done", reason)
               for p in patients for code, day, mode, reason in by_day(p.visits, 1)])


def write_adverse(folder, patients):
    rows = []
    for patient in patients:
        events = sorted(patient.adverse, key=lambda ae: (ae["onset"], ae["term"]))
        for number, ae in enumerate(events, 1):
            rows.append((patient.name, number, ae["visit"], ae["term"], iso(ae["onset"]),
                         iso(ae["end"]) if ae["end"] else "", ae["grade"], ae["serious"],
                         ae["relation"], ae["action"], ae["outcome"], ae["dlt"]))
    write_csv(folder / "ae.csv",
              ("patient", "ae_id", "visit", "term", "onset", "end", "grade", "serious", "relation",
               "action", "outcome", "dlt"), rows)


def write_instrument(folder, instrument, patients):
    rows = [(p, row) for p in patients for row in by_day(p.rows, "day")
            if row["instrument"] == instrument]
    items = read_items(instrument)
    about = [c for c in ("mode", "rater", "respondent") if any(row.get(c) for _, row in rows)]
    if any("reason" in row for _, row in rows):
        about += ["status", "reason"]
    reasons = [f"{item}.reason" for item in items
               if any(f"{item}.reason" in row.get("values", {}) for _, row in rows)]
    table = []
    for patient, row in rows:
        done = "values" in row
        extra = {**row, "status": "done" if done else "not-done"}
        values = row.get("values", {})
        table.append((patient.name, row["visit"], iso(row["day"]) if done else "",
                      *(values.get(item, "") for item in items), *(extra.get(c, "") for c in about),
                      *(values.get(reason, "") for reason in reasons)))
    write_csv(folder / f"{instrument}.csv", ("patient", "visit", "date", *items, *about, *reasons),
              table)
    return len(table)


def write_study(folder, name, patients):
    folder.mkdir(parents=True, exist_ok=True)
    write_people(folder, patients)
    write_adverse(folder, patients)
    instruments = sorted({row["instrument"] for p in patients for row in p.rows})
    counts = [(i, write_instrument(folder, i, patients)) for i in instruments]
    died = sum(any(e[0] == "death" for e in p.events) for p in patients)
    left = sum(any(e[0] in ("withdrawal", "lost_to_followup") for e in p.events) for p in patients)
    lines = [f"# Synthetic study for {name}", "",
             "**Every patient in this folder is invented.** The files were written by",
             "`scripts/make-samples`; nothing in them was measured, and they say nothing about the "
             "treatment.", "",
             f"{len(patients)} patients, {died} died, {left} withdrew or were lost, "
             f"{sum(len(p.adverse) for p in patients)} adverse events. The files end on "
             f"{patients[0].study.cutoff}, when some patients are still followed.", "",
             "Import `patients.csv`, `events.csv`, `visits.csv`, then the rest in any order:", ""]
    lines += [f"- `{i}.csv`: {n} rows" for i, n in counts] + ["- `ae.csv`: adverse events"]
    (folder / "README.md").write_text("\n".join(lines) + "\n", encoding="utf-8", newline="\n")
