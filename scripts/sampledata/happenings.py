"""Adverse events, their review at visits, and milestones."""
from .draw import MONTH, iso


def add_adverse(patient, visits, term, onset, days, grade, **more):
    """One event, recorded at the first review on or after its onset."""
    last = patient.observed_until()
    if onset > last:
        return
    review = [(patient.done[v.code], v.code) for v in visits
              if v.ae_review and patient.done.get(v.code) and patient.done[v.code] >= onset]
    end = None if days is None or onset + days > last else onset + days
    patient.adverse.append({
        "term": term, "onset": onset, "end": end, "grade": grade,
        "visit": min(review)[1] if review else "", "serious": more.get("serious", "N"),
        "relation": more.get("relation", ""), "dlt": more.get("dlt", "N"),
        "action": more.get("action", "none"),
        "outcome": more.get("outcome", "recovered" if end else "not recovered")})


def adverse_events(patient, visits):
    dice, study = patient.dice, patient.study
    for number, infusion in enumerate(patient.infusions):
        if dice.chance(0.36 if number == 0 else 0.15):
            add_adverse(patient, visits, "headache", infusion + dice.whole(0, 2),
                        dice.whole(2, 7), dice.whole(1, 2), relation="procedure",
                        action="medication")
        if study.prefix == "MAY" and dice.chance(0.1 + 0.12 * int(patient.cohort["code"])):
            grade = dice.pick((1, 1, 2, 2, 3) if patient.cohort["code"] == "5" else (1, 1, 2))
            add_adverse(patient, visits,
                        dice.pick(("low back pain", "radicular leg pain")),
                        infusion + dice.whole(1, 4), dice.whole(5, 25), grade,
                        relation="cell product;procedure", dlt="Y" if grade == 3 else "N",
                        action="medication")
        elif dice.chance(0.1):
            add_adverse(patient, visits, "low back pain", infusion + dice.whole(0, 3),
                        dice.whole(3, 10), 1, relation="procedure")
    if not patient.infusions:
        return
    day = patient.infusions[0] + dice.whole(5, 200)
    while day < patient.observed_until():
        ill = patient.loss(day) / patient.full
        if ill > 0.55 and dice.chance(0.4):
            add_adverse(patient, visits, "pneumonia", day, dice.whole(8, 25), 3, serious="Y",
                        relation="disease", action="hospital")
        else:
            term = dice.pick(study.terms)
            add_adverse(patient, visits, term, day, dice.whole(2, 30),
                        dice.pick((1, 1, 1, 2)),
                        relation="disease" if term == "fall" else "")
        day += dice.whole(60, 420)
    if patient.death and patient.death <= study.last and not patient.lost and dice.chance(0.8) \
            and not patient.left and patient.death <= max(patient.done.values()) + 120:
        add_adverse(patient, visits, "respiratory failure", patient.death - dice.whole(1, 5), None,
                    study.fatal_grade, serious="Y", relation="disease", outcome="fatal",
                    action="hospital")
        if patient.adverse and patient.adverse[-1]["outcome"] == "fatal":
            patient.adverse[-1]["end"] = patient.death


def reviews(patient, visits):
    """Was it asked? One row for each visit at which the protocol asks."""
    for visit in visits:
        day = patient.done.get(visit.code)
        if visit.ae_review and day:
            listed = any(ae["visit"] == visit.code for ae in patient.adverse)
            word = "listed" if listed else "not_asked" if patient.dice.chance(0.02) else "none"
            patient.rows.append({"visit": visit.code, "instrument": "ae-review", "day": day,
                                 "values": {"review": word}})


def add_event(patient, event, when, value="", unit="", note=""):
    text = when if isinstance(when, str) else iso(when)
    patient.events.append((event, text, value, unit, note))


def milestone_events(patient):
    """Events that the course brought, up to the last day that is known."""
    study = patient.study
    known = min(study.last, patient.left or study.last, patient.lost or study.last)
    for name, day, value, unit in (
            ("niv_start", patient.niv, patient.dice.whole(4, 9), "h/day"),
            ("gastrostomy", patient.gastrostomy, "", ""),
            ("tracheostomy", patient.tracheostomy, "", ""),
            ("pav", patient.tracheostomy and patient.tracheostomy + 20, 23, "h/day")):
        if day is not None and day <= known and (patient.death is None or day < patient.death):
            add_event(patient, name, day, value, unit)
    died = patient.death is not None and patient.death <= study.last
    if patient.left is not None and patient.left <= study.last:
        add_event(patient, "withdrawal", patient.left,
                  note=patient.dice.pick(("travel too hard", "withdrew consent",
                                          "lack of efficacy")))
    if patient.lost is not None and patient.lost <= study.last:
        add_event(patient, "lost_to_followup", patient.lost)
        died = False
    if died:
        add_event(patient, "death", patient.death)
    else:
        seen = max(patient.done.values())
        checked = min(study.last, seen + patient.dice.whole(0, 100))
        if patient.death is not None:
            checked = max(seen, min(checked, patient.death - 1))
        add_event(patient, "last_known_alive", checked)


def history_events(patient):
    """Onset and diagnosis, some known only to the month or year."""
    dice = patient.dice
    onset = patient.consent - round(dice.uniform(*patient.study.onset_months) * MONTH)
    diagnosis = onset + round((patient.consent - onset) * dice.uniform(0.35, 0.75))
    text, draw = iso(onset), dice.next()
    if draw < 0.08 and patient.study.prefix != "MAY" and iso(diagnosis)[:4] > text[:4]:
        text = text[:4]
    elif draw < 0.35 and iso(diagnosis)[:7] > text[:7]:
        text = text[:7]
    add_event(patient, "onset", text, note="weakness" if patient.onset != "bulbar" else "speech")
    add_event(patient, "diagnosis", diagnosis)
    add_event(patient, "consent", patient.consent)
