"""One assessment of each instrument: answers that fit the patient and the day."""
from .course import answers
from .draw import MONTH, clip
from .plan import read_items


def ask_alsfrs(patient, day, visit):
    """Both forms: noise of the total is realised through items, in the patient's own order."""
    revised = patient.study.scale == "alsfrsr"
    tube = patient.gastrostomy is not None and day >= patient.gastrostomy
    mask = patient.niv is not None and day >= patient.niv
    tracheostomy = patient.tracheostomy is not None and day >= patient.tracheostomy
    loss = round(patient.loss(day) + patient.dice.normal(0, 1.1))
    limits = {"swallowing": 0 if tube else 2, "breathing": 2}
    support = 0
    if mask:
        support = 4 if tracheostomy else 1 if day < patient.niv + 120 else 2
    if revised:
        loss -= support
    if visit.code == "SCR" and patient.study.total_least:
        loss = min(loss, patient.full - patient.study.total_least)
    values = answers(patient.order, 4, loss, limits)
    if revised:
        values["respiratory_insufficiency"] = 4 - support
    elif mask:
        values["breathing"] = 0 if tracheostomy else 1
    if tube:
        values["swallowing"] = min(values["swallowing"], 1)
    values["cutting_form"] = "b" if tube else "a"
    return values


def ask_norris(patient, day, _visit):
    loss = 66 * (patient.loss(day) / patient.full) ** 1.1 + patient.dice.normal(0, 1.8)
    return answers(patient.norris, 3, round(loss), {})


def predicted_litres(patient, day):
    age, height = patient.age + (day - patient.consent) / 365.25, patient.height
    if patient.study.equation == "ecsc":
        if patient.sex == "M":
            return 0.0576 * height - 0.026 * max(age, 25) - 4.34
        return 0.0443 * height - 0.026 * max(age, 25) - 2.89
    if patient.sex == "M":
        return -0.1933 + 0.00064 * age - 0.000269 * age ** 2 + 0.00018642 * height ** 2
    return -0.3560 + 0.01870 * age - 0.000382 * age ** 2 + 0.00014815 * height ** 2


def ask_fvc(patient, day, visit):
    dice = patient.dice
    percent = patient.fvc_start - patient.fvc_rate * (day - patient.consent) / MONTH
    percent = max(percent, 20 + percent / 12) + dice.normal(0, 2.8)
    if visit.code in ("SCR", "BL"):
        percent = max(percent, patient.study.fvc_least + 1.5)
    predicted = predicted_litres(patient, day)
    litres = max(0.4, percent * predicted / 100)
    values = {"litres": f"{litres:.2f}", "posture": "supine" if dice.chance(0.03) else "upright",
              "percent": f"{100 * litres / predicted:.0f}", "blows": dice.whole(3, 6)}
    if dice.chance(0.03):  # the spirometer used another equation
        values["percent"] = f"{100 * litres / predicted + 6.5:.0f}"
    if dice.chance(0.04):  # only the percentage was copied
        values["litres"] = ""
    return values


def ask_mvic(patient, day, _visit):
    weak = {"arm": 1.3, "leg": 0.8, "bulbar": 0.7}[patient.onset]
    mean = -weak * (1.0 + patient.loss(day) / patient.full * 5.0)
    values = {item: f"{clip(patient.dice.normal(mean, 0.5), -9, 3):.2f}"
              for item in read_items("mvic") if item != "reference"}
    values["reference"] = "healthy"
    if patient.dice.chance(0.15):
        values["shoulder_extension_left"] = ""
        values["shoulder_extension_left.reason"] = "too_weak"
    return values


def ask_emg(patient, day, _visit):
    ill = patient.loss(day) / patient.full * 3.4
    shift = {"bulbar": "bulbar", "arm": "cervical", "leg": "lumbosacral"}[patient.onset]
    values = {region: round(clip(ill + (1 if region == shift else 0) + patient.dice.normal(0, 0.4),
                                 0, 3)) for region in read_items("emg")[:4]}
    values["finding"] = patient.dice.pick(
        ("", "active and chronic denervation", "fibrillation, large motor units, few recruited"))
    return values


def ask_dwse(patient, day, _visit):
    well = 88 - 95 * patient.loss(day) / patient.full + patient.dice.normal(0, 4)
    return {"total": f"{clip(well, 5, 98):.1f}"}


def ask_patient(patient, _day, _visit):
    good = patient.dice.chance(0.5)
    again = good or patient.dice.chance(0.4)
    return {"effective": "Y" if good else "N", "again": "Y" if again else "N",
            "impression": patient.dice.whole(2, 4) if good else patient.dice.whole(4, 6)}


def ask_bdi(patient, _day, _visit):
    return {"total": round(clip(patient.dice.normal(8, 4), 0, 18))}


STMS_PARTS = {"orientation": 8, "attention": 7, "learning": 4, "calculation": 4, "abstraction": 3,
              "construction": 2, "copying": 2, "information": 4, "recall": 4}


def ask_stms(patient, _day, _visit):
    parts = dict(STMS_PARTS)
    for _ in range(patient.dice.whole(0, 4)):
        part = patient.dice.pick(tuple(parts))
        parts[part] = max(0, parts[part] - 1)
    total = {"total": sum(parts.values())}
    return total if patient.dice.chance(0.4) else {**total, **parts}


def ask_screening(patient, day, _visit):
    dice, study = patient.dice, patient.study
    values = {"el_escorial": "definite", "primary_bulbar_palsy": "N", "riluzole": "taking",
              "riluzole_stable_days": dice.whole(70, 700), "ventilator_dependent": "N",
              "diaphragm_pacing": "N", "prior_cell_therapy": "N", "any_positive_serology": "N",
              "creatinine_xuln": f"{dice.uniform(0.4, 1.0):.2f}",
              "max_ast_alt_xuln": f"{dice.uniform(0.4, 1.8):.2f}"}
    for item in ("niv", "gastrostomy", "tracheostomy"):
        since = getattr(patient, item)
        values[item] = "Y" if since is not None and day >= since else "N"
    for item in read_items("screening"):
        if item.startswith("days_since_"):
            values[item] = 9999 if dice.chance(0.85) else dice.whole(500, 3000)
    if dice.chance(0.2):
        values["riluzole"], values["riluzole_stable_days"] = "naive", ""
    if study.prefix in ("USP", "TCA"):
        values["el_escorial"] = dice.pick(("definite", "definite", "probable", "probable-lab"))
    if patient.sex == "F":
        values["pregnant_or_breastfeeding"] = "N"
        older = patient.age > 51
        values["reproductive_status"] = "postmenopausal" if older else "childbearing"
    else:
        values["reproductive_status"] = "not-applicable"
    if study.prefix == "ISF":
        values["alsfrs_decline_6m"] = f"{max(0.5, 6 * patient.rate):.1f}"
    if study.prefix == "TCA":
        values["baseline_age_days"] = max(patient.history, 0)
    return values


ASK = {"alsfrs": ask_alsfrs, "alsfrsr": ask_alsfrs, "norris": ask_norris, "fvc": ask_fvc,
       "mvic": ask_mvic, "emg": ask_emg, "dwse-qol": ask_dwse, "patient-evaluation": ask_patient,
       "bdi-total": ask_bdi, "stms": ask_stms, "screening": ask_screening}
BY_HAND = ("fvc", "mvic", "emg", "norris")  # cannot be done on the telephone
