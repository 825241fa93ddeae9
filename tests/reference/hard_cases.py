"""A made-up study of what real trials rarely have and analyses must still get right.

Everything is drawn with a fixed seed and is synthetic: dates without a day, permanent ventilation by
hours, deaths before anything else, patients without infusion, consent or cohort, several raters,
unscheduled and early-termination visits, adverse events of every kind.
"""
import csv
import datetime
import pathlib
import random
import re

from studies import run

PROTOCOL = "mayo-nct01609283"
PATIENTS = 72
RULES = {"hard-gate": None, "hard-3+3": "{rule: 3+3, observation_days: 30, spacing_days: 7}",
         "hard-boin": "{rule: boin, target: 0.25, observation_days: 30}"}
ITEMS = ["speech", "salivation", "swallowing", "handwriting", "cutting", "dressing", "turning", "walking",
         "stairs", "dyspnea", "orthopnea", "respiratory_insufficiency"]
FOLLOW_UP = {"SCR": -80, "BX": -50, "D0": 0, "WK1": 7, "MN1": 30, "MN3": 91, "MN6": 183, "MN9": 274,
             "MN12": 365, "MN18": 548}


def partial(random_, day, how_often):
    """The date, now and then without its day or month."""
    text = str(day)
    draw = random_.random()
    return text[:4] if draw < how_often / 4 else text[:7] if draw < how_often else text


class Patient:
    def __init__(self, number, random_):
        self.random = random_
        self.name = f"H{number:03d}"
        self.zero = datetime.date(2015, 1, 5) + datetime.timedelta(11 * number + random_.randrange(9))
        self.treated = random_.random() < 0.9
        self.life = random_.choice([20, 60, 150, 240, 400, 800, None, None])
        self.end = random_.choice([35, 95, 200, 300, 380, 560, 560])
        if self.life is not None:
            self.end = min(self.end, self.life)

    def day(self, offset):
        return self.zero + datetime.timedelta(offset)

    def registration(self):
        r = self.random
        return [self.name, "RST" if r.random() < 0.9 else "", r.choice(["M", "M", "F", "F", ""]),
                partial(r, self.day(-r.randrange(14000, 27000)), 0.2),
                r.choice([158, 165, 172, 180, ""]), r.choice(["A", "A", "B", "C", ""]),
                r.choice(["1", "2", "3", "4", "5", ""]), r.choice(["spinal", "bulbar", ""])]

    def events(self):
        r = self.random
        rows = []

        def add(event, offset, how_often=0.0, value="", unit=""):
            rows.append([self.name, event, partial(r, self.day(offset), how_often), value, unit, ""])
        onset = -r.randrange(150, 1500)
        if r.random() < 0.9:
            add("onset", onset, 0.5)
        if r.random() < 0.9:
            add("diagnosis", onset + r.randrange(20, 140), 0.2)
        if r.random() < 0.92:
            add("consent", -81 if r.random() < 0.9 else 3, 0.05)
        if self.treated:
            add("infusion", 0, 0, "", "")
            if r.random() < 0.4 and self.end > 30:
                add("infusion", 30, 0, "", "")
        hours = r.randrange(4, 10)
        if r.random() < 0.6:
            at = r.randrange(-30, 200)
            add("niv_start", at, 0.1, hours if r.random() < 0.9 else "", "h/day")
            if r.random() < 0.6:
                at += r.randrange(1, 200)
                add("pav", at, 0, r.choice([17, 21, 22, 22.5, 23, 24, ""]), "h/day")
            if r.random() < 0.4:
                at += r.choice([2, 6, 7, 8, 15, 60])
                add("tracheostomy", at, 0, r.choice([12, 20, 23, 24, ""]), "h/day")
        if r.random() < 0.3:
            add("gastrostomy", r.randrange(-20, 400), 0.2)
        if self.life is not None:
            add("death", self.life, 0.25)
        elif r.random() < 0.6:
            add("last_known_alive", self.end + r.randrange(0, 200))
        elif r.random() < 0.3:
            add("lost_to_followup", self.end + r.randrange(0, 100))
        if r.random() < 0.1:
            add("withdrawal", self.end)
        return rows

    def visits(self):
        """Code, day and whether it is the last of a patient who left early."""
        r = self.random
        rows = [(code, offset + r.randrange(-3, 4) * (offset not in (0, 7)))
                for code, offset in FOLLOW_UP.items() if offset <= self.end and r.random() < 0.85]
        if self.end < 548 and r.random() < 0.5:
            rows.append(("ET", self.end))
        if r.random() < 0.4:
            rows.append(("UNS1", r.randrange(10, 80)))
        return [(code, self.day(offset)) for code, offset in sorted(rows, key=lambda row: row[1])]

    def scale(self, visits):
        """ALSFRS-R at most visits, now and then by two raters or with an item missing."""
        r = self.random
        rate = r.uniform(0.2, 1.8)
        rows = []
        for code, day in visits:
            if code in ("BX", "WK1") or r.random() < 0.08:
                continue
            months = max(0, (day - self.day(-80)).days / 30.4375)
            for rater in ["MP", "KH"] if r.random() < 0.15 else ["MP"]:
                points = [max(0, min(4, round(4 - rate * months / 12 + r.uniform(-1, 1)))) for _ in ITEMS]
                if months < r.uniform(0, 12): # breathing goes last
                    points[9:] = [4, 4, 4]
                if r.random() < 0.06:
                    points[r.randrange(12)] = ""
                values = dict(zip(ITEMS, points), cutting_form="b" if r.random() < 0.05 else "a")
                rows.append(dict(values, patient=self.name, visit=code, date=day, rater=rater))
        return rows

    def adverse(self, visits):
        r = self.random
        rows = []
        for number in range(r.choice([0, 0, 1, 2, 3, 5])):
            at = r.randrange(-60, self.end + 20)
            visit = r.choice([code for code, _ in visits] + [""]) if visits else ""
            onset = "" if r.random() < 0.08 else partial(r, self.day(at), 0.15)
            rows.append([self.name, number + 1, visit, r.choice(["fall", "headache", "nausea", "rash"]), onset,
                         "", r.choice([1, 1, 2, 2, 3, 4, ""]), r.choice(["Y", "N", "N", ""]),
                         r.choice(["disease", "procedure", "cell product", "cell product; procedure",
                                   "disease; procedure", ""]), "", "", r.choice(["Y"] + 15 * ["N"] + [""])])
        return rows


def write(path, header, rows):
    with open(path, "w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)


def write_files(folder):
    random_ = random.Random(20)
    people = [Patient(number, random_) for number in range(1, PATIENTS + 1)]
    plans = {one.name: one.visits() for one in people}
    write(folder / "patients.csv", ["patient", "site", "sex", "birth_date", "height_cm", "arm", "cohort",
                                    "onset_site"], [one.registration() for one in people])
    write(folder / "events.csv", ["patient", "event", "date", "value", "unit", "note"],
          [row for one in people for row in one.events()])
    write(folder / "visits.csv", ["patient", "visit", "date", "mode", "status", "reason"],
          [[name, code, day, "clinic", "done", ""] for name, plan in plans.items() for code, day in plan])
    scale = [row for one in people for row in one.scale(plans[one.name])]
    columns = ["patient", "visit", "date", *ITEMS[:4], "cutting_form", *ITEMS[4:], "rater"]
    write(folder / "alsfrsr.csv", columns, [[row[column] for column in columns] for row in scale])
    write(folder / "fvc.csv", ["patient", "visit", "date", "litres", "posture", "blows"],
          [[row["patient"], row["visit"], row["date"], f"{random_.uniform(1.5, 4.5):.2f}", "upright", 3]
           for row in scale if row["visit"] in ("SCR", "MN3", "MN6", "MN12") and row["rater"] == "MP"])
    write(folder / "ae.csv", ["patient", "ae_id", "visit", "term", "onset", "end", "grade", "serious",
                              "relation", "action", "outcome", "dlt"],
          [row for one in people for row in one.adverse(plans[one.name])])


def make(alstrack, root, name, study):
    """The study under one of RULES, which differ in how the dose goes up."""
    folder = pathlib.Path(study).parent
    protocol = (pathlib.Path(root) / "samples" / "protocols" / f"{PROTOCOL}.yaml").read_text("utf-8")
    if RULES[name]:
        protocol = re.sub(r"(?m)^escalation: .*$", f"escalation: {RULES[name]}", protocol)
    file = folder / f"{name}.yaml"
    file.write_text(protocol, "utf-8")
    run(alstrack, "init", study, "--protocol", file)
    write_files(folder)
    for kind in ("patients", "events", "visits", "alsfrsr", "fvc", "ae"):
        run(alstrack, "-d", study, "import", kind, folder / f"{kind}.csv")
