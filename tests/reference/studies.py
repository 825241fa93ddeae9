"""Make studies to check against: the five sample trials, and public data sets where they are at hand.

Assessments carry dates, so times of public data are scaled to whole days (`days_per_unit`). Values
at the same time are at extra visits of that day.
"""
import csv
import datetime
import pathlib
import subprocess

HERE = pathlib.Path(__file__).resolve().parent
START = datetime.date(1990, 1, 1)
MONTH_DAYS = 30.4375
DAYS_PER_UNIT = {"als_nfl": 100, "sleepstudy": 1, "orthodont": 1, "edge_ols": 1, "sing_sleep9": 1,
                 "sing_orthodont3": 1}


def read(path):
    with open(path, newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def run(alstrack, *arguments, **options):
    return subprocess.run([alstrack, *map(str, arguments)], check=True, text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, **options).stdout


# ---------------------------------------------------------------- sample trials

def make_sample(alstrack, root, name, study):
    samples = pathlib.Path(root) / "samples"
    folder = samples / name
    run(alstrack, "init", study, "--protocol", samples / "protocols" / f"{name}.yaml")
    first = ["patients", "events", "visits"]
    rest = sorted(path.stem for path in folder.glob("*.csv") if path.stem not in first)
    for kind in first + rest:
        run(alstrack, "-d", study, "import", kind, folder / f"{kind}.csv")


def sample_names(root):
    return sorted(p.stem for p in (pathlib.Path(root) / "samples" / "protocols").glob("*.yaml"))


# ---------------------------------------------------------------- public data

class Public:
    """One public data set as a study. `zero` is the time that stands for day 0."""

    def __init__(self, folder, name, days_per_unit=1, zero=0, protocol="reference", deaths=True):
        self.name, self.scale, self.zero = name, days_per_unit, zero
        self.protocol = HERE / f"{protocol}.yaml"
        path = pathlib.Path(folder) / "data" / f"{name}.csv"
        self.rows = read(path) if path.exists() else []
        surv = pathlib.Path(folder) / "data" / f"{name}_surv.csv"
        self.surv = {row["subj"]: row for row in read(surv)} if deaths and surv.exists() else {}

    def day(self, time):
        return round((float(time) - self.zero) * self.scale)

    def date(self, time):
        return START + datetime.timedelta(self.day(time))

    def visit(self, row):
        return ""

    def subjects(self):
        """Rows per subject whose times are whole days within the calendar, in order of appearance."""
        subjects = {}
        for row in self.rows:
            subjects.setdefault(row["subj"], []).append(row)
        kept = {}
        for subject, rows in subjects.items():
            days = [(float(row["time"]) - self.zero) * self.scale for row in rows]
            distinct = len(set(map(round, days))) == len(set(days))
            if distinct and all(abs(d - round(d)) < 1e-6 and -30000 < d < 60000 for d in days):
                kept[subject] = rows
        return kept

    def facts(self, subject, rows):
        """Sex and arm."""
        group = rows[0].get("group") or ""
        other = self.surv.get(subject, {})
        sex = {"male": "M", "female": "F", "Male": "M", "Female": "F"}.get(other.get("sex") or group, "")
        return sex, "" if group in ("Male", "Female") else group

    def write(self, folder):
        with open(folder / "patients.csv", "w", encoding="utf-8") as patients, \
             open(folder / "events.csv", "w", encoding="utf-8") as events, \
             open(folder / "value.csv", "w", encoding="utf-8") as values:
            patients.write("patient,sex,arm\n")
            events.write("patient,event,date\n")
            values.write("patient,visit,date,y\n")
            for subject, rows in self.subjects().items():
                patients.write(f"{subject},{','.join(self.facts(subject, rows))}\n")
                events.write(f"{subject},consent,{START}\n")
                end = self.surv.get(subject, {}).get("time")
                if end not in (None, "", "NA"):
                    event = "death" if self.surv[subject]["event"] == "1" else "last_known_alive"
                    events.write(f"{subject},{event},{self.date(end)}\n")
                tied = len({self.day(row["time"]) for row in rows}) < len(rows)
                for number, row in enumerate(rows, 1):
                    visit = f"UNS{number}" if tied else self.visit(row)
                    y = "" if row["y"] in ("", "NA") else row["y"]
                    values.write(f"{subject},{visit},{self.date(row['time'])},{y}\n")

    def make(self, alstrack, folder, study):
        folder = pathlib.Path(folder)
        self.write(folder)
        run(alstrack, "init", study, "--protocol", self.protocol, "--instrument", HERE / "value.yaml")
        for kind in ("patients", "events", "value"):
            run(alstrack, "-d", study, "import", kind, folder / f"{kind}.csv")


class Fev(Public):
    """Four nominal visits four weeks apart; the baseline is a column of its own."""

    def __init__(self, folder):
        super().__init__(folder, "fev", protocol="fev")
        rows, known = [], set()
        for row in self.rows:
            if row["subj"] not in known:
                known.add(row["subj"])
                rows.append(dict(row, visit="BL", time="0", y=row["base"]))
            rows.append(dict(row, time=str(28 * int(row["visitn"]))))
        self.rows = rows

    def visit(self, row):
        return row["visit"]

    def facts(self, subject, rows):
        return {"Male": "M", "Female": "F"}[rows[0]["sex"]], rows[0]["group"]


class Cafs(Public):
    """Twelve made-up patients: monthly visits, deaths between them."""

    def __init__(self, folder):
        super().__init__(folder, "cafs12", days_per_unit=MONTH_DAYS, protocol="cafs12")
        self.rows = [dict(row, time=row.pop("visit")) for row in read(
            pathlib.Path(folder) / "data" / "cafs12_long.csv")]

    def subjects(self):
        subjects = {}
        for row in self.rows:
            subjects.setdefault(row["subj"], []).append(row)
        return subjects

    def day(self, time):
        return int(MONTH_DAYS * float(time) + 0.5)

    def visit(self, row):
        return "BL" if row["time"] == "0" else f"MN{row['time']}"


class Orthodont(Public):
    def __init__(self, folder):
        super().__init__(folder, "orthodont", protocol="orthodont")

    def visit(self, row):
        return f"AGE{row['time']}"


def public_sets(folder):
    """Every public data set, under the name of its study."""
    return {"als_nfl": Public(folder, "als_nfl", 100, 18), "sleepstudy": Public(folder, "sleepstudy", 1, 4),
            "orthodont": Orthodont(folder), "fev": Fev(folder), "cafs12": Cafs(folder),
            "sing_sleep9": Public(folder, "sing_sleep9"),
            "sing_orthodont3": Public(folder, "sing_orthodont3"),
            "unident_orthodont2": Public(folder, "unident_orthodont2"),
            "edge_ols": Public(folder, "edge_ols")}
