"""The five studies: who takes part, when, and what is usual there."""


class Study:
    def __init__(self, **facts):
        self.cohort_sizes, self.dropouts, self.gate = None, (), False
        self.onset_months, self.bulbar = (8, 40), 0.28
        self.fvc_least, self.total_least, self.female_least = 50, 0, 18
        self.expansion = True
        self.__dict__.update(facts)


STUDIES = {
    "bioinova-nct03828123": Study(
        prefix="BIO", site="PRG", patients=26, first="2012-02-06", every=58, cutoff="2017-03-17",
        age=(29, 64), equation="ecsc", scale="alsfrs", totals=(27, 38), fvc_least=70,
        terms=("leukocytosis", "cystitis", "hyperhidrosis", "fall", "constipation"), fatal_grade=3),
    "mayo-nct01609283": Study(
        prefix="MAY", site="RST", patients=27, first="2012-05-14", every=26, cutoff="2016-04-29",
        age=(32, 74), equation="nhanes3", scale="alsfrsr", totals=(32, 44), fvc_least=65,
        onset_months=(12.6, 22.5), cohort_sizes=(5, 5, 5, 5, 7), gate=True, female_least=52,
        terms=("fall", "nausea", "pain at biopsy site", "raised CSF protein", "constipation"),
        fatal_grade=5),
    "tca-nct01082653": Study(
        prefix="TCA", site="TCA", patients=6, first="2010-04-05", every=70, cutoff="2012-01-31",
        age=(38, 68), equation="nhanes3", scale="alsfrs", totals=(24, 35), expansion=False,
        terms=("fall", "pain at aspiration site", "constipation"), fatal_grade=5),
    "sao-paulo-nct02917681": Study(
        prefix="USP", site="SPO", patients=28, first="2015-03-02", every=30, cutoff="2018-03-31",
        age=(27, 69), equation="nhanes3", scale="alsfrsr", totals=(32, 43), fvc_least=65,
        total_least=30, dropouts=(6, 19), bulbar=0.2,
        terms=("fall", "pain at aspiration site", "fever", "constipation"), fatal_grade=5),
    "isfahan-nct02116634": Study(
        prefix="ISF", site="IFN", patients=12, first="2015-05-11", every=33, cutoff="2018-05-31",
        age=(26, 59), equation="ecsc", scale="alsfrs", totals=(28, 37), bulbar=0.0,
        onset_months=(9, 30), terms=("fall", "fever", "constipation"), fatal_grade=5),
}
