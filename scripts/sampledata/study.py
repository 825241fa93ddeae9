"""All patients of a study, with the blemishes that real files have."""
from .course import Patient
from .draw import Dice, day_of, is_workday
from .happenings import add_event, adverse_events, history_events, milestone_events, reviews
from .plan import PROTOCOLS, read_protocol
from .visits import anchor_day, extra_visits, place


def gate_day(patients, cohort):
    """First day on which the cohort after this one may enrol: three completed, plus 30 days."""
    completed = sorted(p.infusions[cohort["doses"] - 1] for p in patients if p.cohort is cohort)
    return completed[2] + 30


def make_patient(study, visits, number, cohort, consent, seed):
    """Follow one patient from consent to the end. The lead-in decides on the infusion."""
    patient = Patient(study, number, cohort, Dice(seed, study.prefix, number))
    patient.consent = consent
    patient.history = 0
    if study.prefix == "TCA" and patient.dice.chance(0.5):
        patient.history = patient.dice.whole(20, 85)
    history_events(patient)
    if number in study.dropouts:
        patient.left = consent + patient.dice.whole(40, 110)
    place(patient, visits, "pre", patient.end())
    if patient.infusions:
        patient.plan_milestones()
        place(patient, visits, "post", patient.end())
    extra_visits(patient, visits)
    for number, day in enumerate(patient.infusions, 1):
        cells = cohort["cells"]
        add_event(patient, "infusion", day, "" if cells is None else f"{cells:.0f}",
                  "" if cells is None else "cells", f"infusion {number}")
    adverse_events(patient, visits)
    reviews(patient, visits)
    milestone_events(patient)
    return patient


def make_study(name, study, seed):
    visits, cohorts = read_protocol(PROTOCOLS / f"{name}.yaml")
    study.last = day_of(study.cutoff)
    sizes = study.cohort_sizes or (study.patients,)
    dice = Dice(seed, name)
    patients, consent, number = [], day_of(study.first), 0
    for cohort, size in zip(cohorts, sizes):
        if study.gate and patients:
            consent = max(consent, gate_day(patients, patients[-1].cohort))
        for _ in range(size):
            number += 1
            while not is_workday(consent):
                consent += 1
            while True:  # new patients are treated at least a week apart
                patient = make_patient(study, visits, number, cohort, consent, seed)
                before = [p.infusions[0] for p in patients if p.infusions]
                if not study.gate or all(patient.infusions[0] - day >= 7 for day in before):
                    break
                consent += 7
            patients.append(patient)
            consent += max(7, round(study.every * dice.uniform(0.4, 1.6)))
    blemishes(patients, visits)
    return patients


def blemishes(patients, visits):
    """What real files have: rows without a visit, a missing height, a month for a birthday, and
    the wrong form of an item."""
    study = patients[0].study
    patients[1].height = ""
    patients[3].birth_precision = 7
    slip = [row for row in patients[2].rows if "cutting_form" in row.get("values", {})][-1]
    slip["values"]["cutting_form"] = "b" if slip["values"]["cutting_form"] == "a" else "a"
    empty_visit(patients, "UNS1", 1)
    wanted = next(v for v in visits if v.code == BLANK[study.prefix])
    inside = [p for p in patients if wanted.code in p.done and -wanted.before
              <= p.done[wanted.code] - anchor_day(p, wanted) - wanted.offset <= wanted.after]
    empty_visit(inside[len(inside) // 3:], wanted.code, 2)


BLANK = {"BIO": "MN9", "USP": "LI2", "TCA": "MN3", "ISF": "MN12", "MAY": "MN3"}


def empty_visit(patients, code, count):
    """Leave the visit of a scale's row for the program to find; the visit row comes with it."""
    for patient in patients:
        for row in patient.rows:
            if count and row["visit"] == code and row["instrument"] == patient.study.scale:
                row["visit"] = ""
                patient.visits = [v for v in patient.visits if v[0] != code]
                count -= 1
