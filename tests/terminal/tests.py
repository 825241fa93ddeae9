"""Terminal entry as people do it. usage: tests.py ALSTRACK ROOT [TEST...]"""
import inspect
import os
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
import traceback

from terminal import Terminal

ALSTRACK, ROOT = os.path.abspath(sys.argv[1]), os.path.abspath(sys.argv[2])
BACKSPACE, ENTER, ESCAPE, CTRL_C, CTRL_D = "\x7f", "\r", "\x1b", "\x03", "\x04"
TODAY = ["--as-of", "2024-06-06"]
LATER = ["--as-of", "2024-08-01"]  # no visit is due
NORRIS = "3333322222111110000012"


class Study:
    """A folder with two studies: study.db with ALSFRS, Norris and FVC; revised.db with ALSFRS-R."""

    def __init__(self):
        self.folder = tempfile.mkdtemp(prefix="alstrack-terminal-")
        self.open = []
        self.env = {"TERM": "xterm", "ALSTRACK_USER": "ann", "ALSTRACK_DB": "study.db", "TZ": "UTC", "LC_ALL": "C"}
        self.shell('. "$ROOT/tests/golden/lib.sh"; make_study')
        self.env["ALSTRACK_DB"] = "revised.db"
        self.run("init", "revised.db", "--protocol", f"{ROOT}/samples/protocols/sao-paulo-nct02917681.yaml")
        for patient in ("S01", "S02"):
            self.run("patient", "add", patient, "--sex", "F", "--birth-date", "1960-04-01", "--height", "165")
            self.run("event", "add", patient, "consent", "2023-12-06")
        self.run("event", "add", "S02", "gastrostomy", "2024-02-01")
        self.env["ALSTRACK_DB"] = "study.db"

    def shell(self, script):
        subprocess.run(["sh", "-c", script], cwd=self.folder, check=True, stdin=subprocess.DEVNULL,
                       env={**os.environ, **self.env, "ALSTRACK": ALSTRACK, "ROOT": ROOT})

    def run(self, *words, code=0, **environment):
        done = subprocess.run([ALSTRACK, *words], cwd=self.folder, stdin=subprocess.DEVNULL, capture_output=True,
                              text=True, env={**os.environ, **self.env, **environment})
        assert done.returncode == code, f"{words}: {done.returncode}\n{done.stdout}{done.stderr}"
        return done.stdout + done.stderr

    def sql(self, query, database=None):
        with sqlite3.connect(os.path.join(self.folder, database or self.env["ALSTRACK_DB"])) as connection:
            return connection.execute(query).fetchall()

    def terminal(self, *words, rows=24, columns=80, **environment):
        terminal = Terminal([ALSTRACK, *words], self.folder, rows, columns, **{**self.env, **environment})
        self.open.append(terminal)
        return terminal

    def enter(self, *words, today=TODAY, **options):
        return self.terminal("enter", *words, *today, **options)

    def revised(self):
        """Go by the study with ALSFRS-R from now on."""
        self.env["ALSTRACK_DB"] = "revised.db"
        return self

    def close(self):
        for terminal in self.open:
            terminal.close()
        shutil.rmtree(self.folder)


# ---- Answering ----


def test_a_full_alsfrsr_takes_at_most_fourteen_keys(study):
    at = study.revised().enter("S01", "MN1", "alsfrsr").wait("1 of 12 Speech")
    at.press("443432343434", "Total 41/48").press("s")
    assert at.end() == 0
    assert at.keys <= 14, at.keys
    row = study.sql("SELECT speech, walking, respiratory_insufficiency, cutting_form, total, date, mode FROM v_alsfrsr")
    assert row == [(4, 4, 4, "a", 41, "2024-06-06", "clinic")], row
    assert study.sql("SELECT count(*) FROM draft") == [(0,)]
    study.run("audit", "verify")


def test_a_whole_visit_takes_few_keys(study):
    at = study.enter("P01", "MN3").wait("ALSFRS (1 of 4)")
    at.press("4443233324", "Total 32/40").press("s", "Norris (2 of 4)")
    at.press(NORRIS, "Total 33/66").press("s", "FVC (3 of 4)")
    at.press("3.1" + ENTER, "2 of 4").press("73" + ENTER, "Posture").press("1", "Number of blows").press("3", "3.1 L")
    at.press("s", "AE review (4 of 4)").press("1", "no new event").press("s")
    assert at.end() == 0
    assert at.keys <= 47, at.keys
    assert study.sql("SELECT litres, percent, posture, blows FROM v_fvc WHERE visit = 'MN3'") == [(3.1, 73, "upright", 3)]
    assert study.sql("SELECT total FROM v_norris WHERE visit = 'MN3'") == [(33,)]
    assert study.sql("SELECT review FROM v_ae_review WHERE visit = 'MN3'") == [("none",)]


def test_choices_stand_there_in_words(study):
    at = study.enter("P01", "MN3").wait("1 of 10 Speech")
    for text in ("4 normal", "3 detectable change", "2 intelligible when repeated", "0 no useful speech"):
        at.wait(text)


def test_a_key_that_is_no_choice_changes_nothing_and_says_so(study):
    at = study.enter("P01", "MN3").wait("1 of 10 Speech").press("9", "'9' does nothing here").press("x", "'x' does nothing")
    at.press("3", "2 of 10").press("d")
    assert at.end() == 0
    assert study.sql("SELECT content FROM draft")[0][0].count("answer") == 1


def test_back_and_another_answer(study):
    at = study.enter("P01", "MN3").wait("1 of 10 Speech").press("4", "2 of 10").press("4", "3 of 10")
    at.press("b", "2 of 10 Salivation").press(BACKSPACE, "1 of 10 Speech").press("2", "3 of 10 Swallowing")
    at.press("\x1b[D", "2 of 10").press("\x1b[C", "3 of 10").press(CTRL_D)
    assert at.end() == 0
    assert "answer\tspeech\t2\n" in study.sql("SELECT content FROM draft")[0][0]


def test_missing_with_a_reason(study):
    at = study.enter("P01", "MN3", "alsfrs").wait("Speech").press("m", "why is it missing?").press("2", "2 of 10")
    at.press("444" + "3333" + "24", "missing: too_weak").press("s")
    assert at.end() == 0
    assert study.sql("SELECT item_reasons, speech, total FROM a_alsfrs ORDER BY assessment_id LIMIT 1 OFFSET 2") == [
        ('{"speech":"too_weak"}', None, None)]


def test_not_done_as_a_whole(study):
    at = study.enter("P01", "MN3", "fvc").wait("Best of the accepted blows").press("M", "why is it missing?")
    at.press("3", "not done, phone_visit").press("s")
    assert at.end() == 0
    assert study.sql("SELECT status, reason FROM v_fvc WHERE visit = 'MN3'") == [("not-done", "phone_visit")]


def test_not_done_asks_before_it_leaves_answers_out(study):
    at = study.enter("P01", "MN3", "norris").wait("1 of 22").press("33333", "6 of 22").press("M", "why is it missing?")
    at.press("3", "Not done, but 5 questions are answered")
    assert "Total" not in at.words(), at.screen()
    at.press("s", "Not done: leave out the 5 answers?").press("n", "s save")
    assert study.sql("SELECT count(*) FROM v_norris WHERE visit = 'MN3'") == [(0,)]
    at.press("h", "What is to be changed?").press("2", "How was it held?").press("1", "Total 15 so far")
    at.press("M", "why is it missing?").press("3", "5 questions are answered").press("s", "leave out the 5 answers?").press("y")
    assert at.end() == 0
    assert study.sql("SELECT status, reason, total FROM v_norris WHERE visit = 'MN3'") == [("not-done", "phone_visit", None)]


def test_a_stored_assessment_becomes_not_done_only_after_a_question(study):
    at = study.enter("P01", "D0", "alsfrs").wait("correction").press("M", "why").press("3", "10 questions are answered")
    at.press("s", "leave out the 10 answers?").press("n", "s save").press("d")
    assert at.end() == 0
    assert study.sql("SELECT status FROM v_alsfrs WHERE visit = 'D0'") == [("done",)]


def test_the_answer_before_on_request(study):
    at = study.enter("P01", "MN3", "alsfrs").wait("Speech")
    assert "before (" not in at.words()
    at.press("p", "before (D0, 2024-03-04): 4 normal").press("4444", "5 of 10")
    assert "before (" not in at.words(), "asked for anew at each question"
    at.press("p", "before (D0, 2024-03-04): 2 most foods with some help")


def test_the_window_and_today(study):
    study.enter("P01", "MN3").wait("P01 MN3 Visit VI: target 2024-06-03, window 05-20 to 06-17 - today +3 d")
    at = study.enter("P01", "MN3", "--date", "2024-06-20").wait("2024-06-20 +17 d, outside")
    at.press("h", "What is to be changed?").press("1", "Date of the assessment")
    at.press("\x15" + "20240605" + ENTER, "ALSFRS (1 of 4): 2024-06-05, clinic").wait("2024-06-05 +2 d")


def test_a_visit_that_is_not_due_today_is_dated_by_who_enters_it(study):
    at = study.enter("P01", "MN3", today=LATER).wait("target 2024-06-03").wait("not due today: on which day was this done?")
    at.press(ENTER, "'' is not a day").press("20240605" + ENTER, "ALSFRS (1 of 4): 2024-06-05, clinic").wait("1 of 10 Speech")
    at.press("4443233324", "Total 32/40").press("s", "Norris (2 of 4): 2024-06-05").press("d")
    assert at.end() == 0
    assert study.sql("SELECT date FROM v_alsfrs WHERE visit = 'MN3'") == [("2024-06-05",)]
    study.enter("P01", "MN3", today=LATER).wait("Norris (2 of 4): 2024-06-05").wait("1 of 22")


def test_a_date_that_was_put_off_is_asked_for_again_at_the_save(study):
    at = study.enter("P01", "MN3", "alsfrs", today=LATER).wait("on which day was this done?").press(ESCAPE, "1 of 10 Speech")
    at.wait("ALSFRS: date not said, clinic").press("4443233324", "Total 32/40").press("s", "on which day was this done?")
    at.press(ESCAPE, "not saved: the date is missing").press("s", "on which day").press("2024-06-05" + ENTER)
    assert at.end() == 0
    assert study.sql("SELECT date FROM v_alsfrs WHERE visit = 'MN3'") == [("2024-06-05",)]


def test_what_was_not_done_needs_no_date(study):
    at = study.enter("P01", "MN3", "fvc", today=LATER).wait("on which day").press(ESCAPE, "Best of the accepted blows")
    at.press("M", "why").press("3", "not done, phone_visit").press("s")
    assert at.end() == 0
    assert study.sql("SELECT status FROM v_fvc WHERE visit = 'MN3'") == [("not-done",)]


def test_a_locked_visit_is_told_before_anything_is_asked(study):
    study.run("lock", "visit", "P01", "MN3")
    at = study.enter("P01", "MN3")
    assert at.end() == 77
    assert "visit MN3 of P01 was locked by ann" in at.words() and "Speech" not in at.words(), at.screen()


def test_totals_and_domains_while_it_is_filled_in(study):
    at = study.enter("P01", "MN3", "alsfrs").press("4321", "Total 10 so far (4 of 10), at most 34 of 40")
    at.wait("Bulbar 9/12 | Fine motor 1/12 so far | Gross motor -")


def test_a_number_that_does_not_fit_is_asked_again(study):
    at = study.enter("P01", "MN3", "fvc").wait("Best of the accepted blows")
    at.press("3100" + ENTER, "'3100' does not fit: a number from 0.1 to 9 L").press("2.95" + ENTER, "2 of 4")
    at.press("?", "leave empty if only litres are known").press(ENTER, "Posture").press(ENTER, "Number of blows")
    at.press(ENTER, "2.95 L").press("s")
    assert at.end() == 0
    assert study.sql("SELECT litres, percent FROM v_fvc WHERE visit = 'MN3'") == [(2.95, None)]


# ---- The two wordings of item 5 ----


def test_the_wording_follows_the_gastrostomy_and_can_be_changed(study):
    at = study.revised().enter("S02", "MN1", "alsfrsr").press("4444", "Fastenings and devices (with gastrostomy)")
    at.wait("3 clumsy but independent").press("1", "6 of 12").press("b", "5 of 12 Fastenings")
    at.press("w", "Gastrostomy as the main way of feeding").press("1", "Cutting food and handling utensils")
    at.wait("kept for the other wording: gives minimal help").press("3", "6 of 12")
    draft = study.sql("SELECT content FROM draft")[0][0]
    assert "answer\tcutting\t3\n" in draft and "answer2\tcutting\t1\n" in draft, draft
    at.press("3434344", "no: item 5a").press("s", "Say why")
    at.press("fed by mouth mostly" + ENTER)
    assert at.end() == 0
    assert study.sql("SELECT cutting_form, cutting FROM v_alsfrsr") == [("a", 3)]


# ---- Nothing is lost ----


def resume(study, at):
    at = study.enter("P01", "MN3", "alsfrs").wait("There is a draft of this, last touched").wait("7 of 10 items are open")
    return at.press(ENTER, "4 of 10 Handwriting").wait("Total 11 so far")


def test_a_killed_entry_goes_on_where_it_was(study):
    at = study.enter("P01", "MN3", "alsfrs").wait("Speech").press("434", "4 of 10")
    at.kill(signal.SIGKILL)
    resume(study, at).press("3333324", "Total 32/40").press("s")
    assert study.open[-1].end() == 0
    assert study.sql("SELECT count(*) FROM draft") == [(0,)]


def test_a_lost_connection_keeps_the_draft(study):
    at = study.enter("P01", "MN3", "alsfrs").wait("Speech").press("434", "4 of 10")
    at.hang_up()
    resume(study, at)


def test_interrupting_keeps_the_draft_and_gives_the_terminal_back(study):
    at = study.enter("P01", "MN3", "alsfrs").wait("Speech").press("434", "4 of 10")
    assert not at.echoes()
    at.press(CTRL_C)
    at.wait("interrupted")
    assert at.echoes(), "the terminal is as it was"
    assert at.end() == 130
    resume(study, at)


def test_a_draft_can_be_discarded(study):
    at = study.enter("P01", "MN3", "alsfrs").wait("Speech").press("434", "4 of 10").press("d")
    assert at.end() == 0
    at = study.enter("P01", "MN3", "alsfrs").wait("There is a draft").press("x", "1 of 10 Speech").wait("Total -")
    at.press("4", "2 of 10").press("q", "Discard what was typed").press("n", "2 of 10").press("q", "Discard").press("y")
    assert at.end() == 0
    assert study.sql("SELECT count(*) FROM draft") == [(0,)]
    assert study.sql("SELECT count(*) FROM v_alsfrs WHERE visit = 'MN3'") == [(0,)]


def test_a_draft_is_of_its_user(study):
    study.enter("P01", "MN3", "alsfrs").wait("Speech").press("434", "4 of 10").press("d").end()
    study.enter("P01", "MN3", "alsfrs", ALSTRACK_USER="bob").wait("1 of 10 Speech").wait("ann has a draft of this, last touched")


def test_a_draft_is_of_who_has_logged_in_whatever_the_login_name(study):
    open(f"{study.folder}/password", "w").write("correct horse battery\n")
    study.run("user", "add", "root", "--role", "admin", "--full-name", "R", "--new-password-file", "password")
    words = ("--user", "root", "--password-file", "password")
    study.run("user", "add", "cora", "--role", "data-manager", "--full-name", "C", "--new-password-file", "password", *words)
    study.env["XDG_RUNTIME_DIR"] = study.folder
    study.run("login", "--user", "cora", "--password-file", "password")
    study.enter("P01", "MN3", "alsfrs").wait("Speech").press("434", "4 of 10").press("d").end()
    assert study.sql("SELECT user FROM draft") == [("cora",)]


def test_a_dry_run_writes_nothing(study):
    before = open(os.path.join(study.folder, "study.db"), "rb").read()
    at = study.enter("P01", "MN3", "alsfrs", "--dry-run").press("4443233324", "Total 32/40").press("s")
    assert at.end() == 0
    assert "dry run, nothing written" in at.words()
    assert open(os.path.join(study.folder, "study.db"), "rb").read() == before


def test_pages_are_skipped_and_come_again(study):
    at = study.enter("P01", "MN3").wait("ALSFRS (1 of 4)").press("4", "2 of 10").press(">", "Norris (2 of 4)")
    at.press("<", "There is a draft").press(ENTER, "2 of 10").press(">", "Norris").press(">", "FVC").press(">", "AE review")
    at.press("1", "no new event").press("s", "draft ALS Functional Rating Scale").wait("not entered Norris").wait("done Review of adverse")
    at.press("2", "Norris (2 of 4)").press("d")
    assert at.end() == 0


# ---- Review and correction ----


def test_an_item_is_changed_from_the_review(study):
    at = study.enter("P01", "MN3", "alsfrs").press("4443233324", "Total 32/40")
    at.press("8", "8 of 10 Walking").press("1", "Total 30/40").press("1" + ENTER, "1 of 10 Speech").press(ENTER, "Total 30/40")
    at.press("10", "10 of 10 Breathing").press("3", "Total 29/40").press("s")
    assert at.end() == 0
    assert study.sql("SELECT walking, breathing FROM v_alsfrs WHERE visit = 'MN3'") == [(1, 3)]


def test_a_stored_assessment_is_corrected_with_a_reason(study):
    at = study.enter("P01", "D0", "alsfrs", "--date", "2024-03-04").wait("ALSFRS, correction: 2024-03-04").wait("Total 32/40")
    at.press("1" + ENTER, "1 of 10 Speech").press("3", "Total 31/40").press("s", "Why does the stored assessment change?")
    at.press(ENTER, "a correction needs a reason").press("read as 4 by mistake" + ENTER)
    assert at.end() == 0
    assert "speech" in study.run("audit", "cells", "P01") and "read as 4 by mistake" in study.run("audit", "cells", "P01")
    assert study.sql("SELECT speech, cutting_form FROM v_alsfrs WHERE visit = 'D0'") == [(3, None)], "nothing else changes"


def test_a_correction_that_changes_nothing_is_told(study):
    at = study.enter("P01", "D0", "alsfrs").wait("correction").press("s")
    assert at.end() == 0
    assert "stored like this already" in at.words()


def test_a_soft_rule_wants_a_typed_reason(study):
    at = study.revised().enter("S01", "MN1", "alsfrsr").press("443432303434", "climbs stairs but cannot walk")
    at.wait("needs a reason").press("s", "STAIRS_WITHOUT_WALKING").press(ENTER, "a reason is needed")
    at.press(ESCAPE, "needs a reason").press("s", "STAIRS_WITHOUT_WALKING").press("carried by a lift" + ENTER)
    assert at.end() == 0
    assert study.sql("SELECT walking, stairs FROM v_alsfrsr") == [(0, 3)]
    assert "STAIRS_WITHOUT_WALKING" in study.run("query", "list") 


def test_a_soft_rule_names_the_item_and_both_values(study):
    at = study.enter("P01", "MN3", "alsfrs").press("4443433324", "Total 34/40")
    at.press("s", "Cutting food").wait("now 4, before 2 (D0, 2024-03-04)").wait("ITEM_UP").press("devices" + ENTER, "(2 of 2) the total rose").press("=" + ENTER)
    assert at.end() == 0


def test_one_reason_serves_for_several_findings(study):
    items = "speech salivation swallowing handwriting cutting dressing turning walking stairs breathing".split()
    study.run("record", "P01", "MN1", "alsfrs", "--date", "2024-04-03", *(f"{i}=1" for i in items))
    at = study.enter("P01", "MN3", "alsfrs").press("4444444444", "Total 40/40").press("s", "(1 of 11) Speech")
    at.wait("now 4, before 1 (MN1, 2024-04-03)").press("=" + ENTER, "no reason was given yet").press("new drug" + ENTER)
    at.wait("(2 of 11) Salivation").wait("= the same reason, == the same for all that follow").press("=" + ENTER, "(3 of 11)")
    at.press("other hand" + ENTER, "(4 of 11)").press("==" + ENTER)
    assert at.end() == 0
    answers = study.sql("SELECT text, count(*) FROM query_step WHERE step = 'answered' GROUP BY text ORDER BY 2")
    assert ("new drug", 2) in answers and ("other hand", 9) in answers, answers


def test_a_hard_rule_is_refused_until_it_is_mended(study):
    rule = "rules:\n  - {code: NOT_BOTH, level: hard, when: one = 1 and two = 1, message: one and two exclude each other}\n"
    own = open(f"{study.folder}/own.yaml").read() + rule
    open(f"{study.folder}/own.yaml", "w").write(own)
    protocol = open(f"{study.folder}/protocol.yaml").read().replace("assess: [alsfrs, norris, fvc]", "assess: [alsfrs, norris, fvc, own]")
    open(f"{study.folder}/hard.yaml", "w").write(protocol)
    study.run("init", "hard.db", "--protocol", "hard.yaml", "--instrument", "own.yaml")
    study.env["ALSTRACK_DB"] = "hard.db"
    study.run("patient", "add", "P01")
    at = study.enter("P01", "MN3", "own", "--date", "2024-06-06").press("11", "one and two exclude each other").wait("must be mended")
    at.press("s", "not saved").press("2", "2 of 2 Second").press("0", "Total 1/2").press("s")
    assert at.end() == 0
    assert study.sql("SELECT one, two FROM v_own") == [(1, 0)]


# ---- Two people ----


def test_a_save_of_somebody_else_meanwhile_is_never_overwritten_in_silence(study):
    at = study.enter("P01", "MN3", "alsfrs").press("4443233324", "Total 32/40")
    items = "speech salivation swallowing handwriting cutting dressing turning walking stairs breathing".split()
    study.run("record", "P01", "MN3", "alsfrs", "--date", "2024-06-05", *(f"{i}={v}" for i, v in zip(items, "2443233224")),
              ALSTRACK_USER="bob")
    at.press("s", "bob saved this assessment at").wait("Nothing of yours is stored yet")
    at.wait("Speech: yours 4, theirs 2").wait("Walking: yours 3, theirs 2").wait("Date: yours 2024-06-06, theirs 2024-06-05")
    speech = re.search(r"(\d+) Speech: yours", at.words()).group(1)
    at.press("t", "Walking: yours 3, theirs 2 -> THEIRS").press(speech, "Speech: yours 4, theirs 2 -> yours")
    at.press(ENTER, "merged; s saves it as a correction").press("s", "Why does the stored assessment change?").press("1" + ENTER)
    assert at.end() == 0
    assert study.sql("SELECT speech, walking, date FROM v_alsfrs WHERE visit = 'MN3'") == [(4, 2, "2024-06-05")]
    assert "merged with change" in study.run("audit", "cells", "P01")


def test_what_only_somebody_else_has_changed_stays_theirs(study):
    at = study.enter("P01", "D0", "alsfrs", "--date", "2024-03-04").wait("Total 32/40")
    at.press("1" + ENTER, "1 of 10 Speech").press("3", "Total 31/40")
    study.run("record", "P01", "D0", "alsfrs", "walking=2", "--reason", "misread", ALSTRACK_USER="bob")
    at.press("s", "bob saved this assessment at").wait("Walking: yours 3, theirs 2, was 3 -> THEIRS")
    at.wait("Speech: yours 3, theirs 4, was 4 -> yours")
    at.press(ENTER, "merged").press("s", "Why does the stored assessment change?").press("1" + ENTER)
    assert at.end() == 0
    assert study.sql("SELECT speech, walking FROM v_alsfrs WHERE visit = 'D0'") == [(3, 2)]


def test_each_of_many_differences_has_a_key(study):
    at = study.enter("P01", "MN3", "alsfrs").press("4443233324", "Total 32/40")
    items = "speech salivation swallowing handwriting cutting dressing turning walking stairs breathing".split()
    study.run("record", "P01", "MN3", "alsfrs", "--date", "2024-06-05", *(f"{i}=1" for i in items), ALSTRACK_USER="bob")
    at.press("s", "bob saved this assessment at").wait("Breathing: yours 4, theirs 1")
    breathing = re.search(r"([A-Z]) +Breathing: yours", at.words()).group(1)
    at.press(breathing, "-> THEIRS").press(ENTER, "merged").press("s", "Why does").press("1" + ENTER)
    assert at.end() == 0
    assert study.sql("SELECT speech, breathing FROM v_alsfrs WHERE visit = 'MN3'") == [(4, 1)]


def test_what_others_typed_cannot_command_the_terminal(study):
    study.enter("P01", "MN3", "alsfrs", ALSTRACK_USER="\x1b]0;bob\x07\x1b[31m").wait("Speech").press("4", "2 of 10").press("d").end()
    at = study.enter("P01", "MN3", "alsfrs").wait("has a draft of this")
    assert b"\x1b]0;" not in at.bytes and "\\x1b]0;bob" in at.words(), at.screen()


# ---- Terminals ----


def test_a_plain_terminal_gets_plain_lines(study):
    at = study.enter("P01", "MN3", "alsfrs", TERM="dumb").wait("1 of 10 Speech").press("4443233324", "Total 32/40").press("s")
    assert at.end() == 0
    assert b"\x1b" not in at.bytes
    assert study.sql("SELECT total FROM v_alsfrs WHERE visit = 'MN3'") == [(32,)]


def test_no_colour_where_none_is_wanted(study):
    at = study.enter("P01", "MN3", "alsfrs", NO_COLOR="1").wait("1 of 10 Speech").press("4", "2 of 10").press("d")
    at.end()
    assert not re.search(rb"\x1b\[[0-9;]*m", at.bytes)


def test_a_narrow_terminal_cuts_nothing(study):
    at = study.revised().enter("S01", "MN1", "alsfrsr", columns=40).wait("1 of 12 Speech")
    at.press("4434323434", "3 some").press("34", "Total 41/48")
    at.wait("Respiratory 11/12").wait("Breathing support: 4 none").wait("d keep draft q discard")
    widest = max(at.screen().split("\n"), key=len)
    assert len(widest) < 40, widest
    at.press("s")
    assert at.end() == 0


def test_another_size_does_no_harm(study):
    at = study.enter("P01", "MN3", "alsfrs").wait("1 of 10 Speech")
    at.resize(30, 50)
    at.press("4", "2 of 10")
    at.resize(12, 120)
    at.press("43", "4 of 10").press("d")
    assert at.end() == 0


def test_without_a_terminal_it_says_what_does_it(study):
    said = study.run("enter", "P01", "MN3", code=2)
    assert "terminal" in said and "alstrack record" in said, said


def test_an_unscheduled_visit_is_made_by_the_save(study):
    at = study.enter("P01", "UNS1", "alsfrs").wait("P01 UNS1").wait("on which day was this done?").press("t" + ENTER, "Speech")
    at.press("4443233324", "Total 32/40").press("s")
    assert at.end() == 0
    assert study.sql("SELECT date FROM v_alsfrs WHERE visit = 'UNS1'") == [("2024-06-06",)]


def test_a_rater_has_a_row_of_his_own(study):
    at = study.enter("P01", "MN3", "alsfrs").press("4", "2 of 10").press("h", "changed?").press("4", "Who rated?")
    at.press("Eve" + ENTER, "rater Eve").press("443233324", "Total 32/40").press("s")
    assert at.end() == 0
    assert study.sql("SELECT rater FROM v_alsfrs WHERE visit = 'MN3'") == [("Eve",)]
    assert study.sql("SELECT count(*) FROM draft") == [(0,)]


def test_letters_of_another_encoding_are_refused_whole(study):
    at = study.terminal("patient", "add").wait("Patient")
    at.type_bytes(b"Jos\xe9X\r").wait("is not UTF-8").press("Jos" + "\u00e9" + ENTER, "Site").press(ENTER, "Sex").press(CTRL_C)
    assert at.end() == 130
    at = study.terminal("patient", "add").wait("Patient").type_bytes("Jos\u00e9\r".encode()).wait("Site")
    answer(at, ("Site", ""), ("Sex", ""), ("Date of birth", ""), ("Height", ""), ("Cohort", ""), ("Where", ""))
    assert at.end() == 0
    assert study.sql("SELECT count(*) FROM patient WHERE patient = 'Jos\u00e9'") == [(1,)]


# ---- Questions of other commands ----


def answer(at, *pairs):
    """Wait for each question and type its answer."""
    for question, text in pairs:
        at.wait(question)
        at.bytes = b""
        at.press(text + ENTER)
    return at


def test_patient_add_asks_for_what_is_missing(study):
    at = answer(study.terminal("patient", "add"), ("Patient", "P01"), ("registered already", "P09"), ("Site", ""),
                ("Sex", "X"), ("none of them", "1"), ("Date of birth", "1961-13"), ("a date is", "1961-03"),
                ("Height", "tall"), ("needs a number", "170"), ("Cohort", ""), ("Where the disease began", "2"))
    assert at.end() == 0
    assert study.sql("SELECT site, sex, birth_date, height_cm, cohort, onset_site FROM patient WHERE patient = 'P09'") == [
        ("PRG", "F", "1961-03", 170, "1", "spinal")]


def test_what_was_given_is_not_asked(study):
    assert study.terminal("patient", "add", "P08", "--sex", "M").end() == 0
    at = answer(study.terminal("event", "add", "P02"), ("Event", "4"), ("Date", "2024"), ("needs a day", "2024-03-04"),
                ("Cells given", "15e6"), ("Note", ""))
    assert at.end() == 0
    assert study.sql("SELECT date, value FROM event WHERE event = 'infusion' ORDER BY event_id DESC LIMIT 1") == [("2024-03-04", 15e6)]
    assert study.terminal("event", "add", "P02", "niv_start", "2024-05").end() == 0
    at = answer(study.terminal("event", "add", "P02", "ventilation"), ("Date", "2024-06-03"),
                ("Hours a day from then on", "25"), ("expected 0 to 24", "20"), ("Note (Enter: not said)", ""))
    assert at.end() == 0
    assert study.sql("SELECT date, value FROM event WHERE event = 'ventilation'") == [("2024-06-03", 20)]


def test_ae_add_offers_terms_grades_and_relations(study):
    at = answer(study.terminal("ae", "add", "P01"), ("Number of the adverse event (Enter: 2)", ""), ("1 headache", "1"),
                ("3 severe", "9"), ("none of them", "2"), ("Since when", "2024-06"), ("Until when", "2024-05-31"),
                ("end: 2024-05-31 is before the onset", ""), ("1 cell product", "1"), ("Serious", "2"), ("Action taken", "4"),
                ("Outcome", ""), ("Recorded at visit", "MN3"))
    assert at.end() == 0
    assert study.sql("SELECT ae_id, term, grade, onset, relation, serious, action FROM adverse_event WHERE ae_id = '2'") == [
        ("2", "headache", 2, "2024-06", "cell product", 0, "medication")]


def test_an_event_of_a_dose_escalation_may_limit_the_dose(study):
    study.env["ALSTRACK_DB"] = "mayo.db"
    study.run("init", "mayo.db", "--protocol", f"{ROOT}/samples/protocols/mayo-nct01609283.yaml")
    study.run("patient", "add", "M01")
    at = answer(study.terminal("ae", "add", "M01"), ("Number", ""), ("What happened", "fever"), ("Grade", "3"), ("Since when", ""),
                ("Until when", ""), ("Related to", ""), ("Serious", "yes"), ("Action taken", "1"), ("Outcome", ""),
                ("Dose-limiting", "yes"), ("Recorded at visit", ""))
    assert at.end() == 0
    assert study.sql("SELECT dlt FROM adverse_event") == [(1,)]


def test_ae_edit_asks_beside_what_is_stored_and_why(study):
    at = answer(study.terminal("ae", "edit"), ("Patient", "P01"), ("1 cystitis, 2024-03-10", "1"),
                ("What happened", ""), ("Enter: stays 2", ""), ("Enter: stays 2024-03-10; - takes it away", ""),
                ("Until when", "2024-03-20"), ("Related to", ""), ("Serious", ""), ("Action taken", ""), ("Outcome", "1"),
                ("Enter: stays D1", "-"), ("Why does it change?", " "), ("say why in words", "it has ended"))
    assert at.end() == 0
    assert study.sql("SELECT term, grade, onset, end_date, outcome, visit_no FROM adverse_event") == [
        ("cystitis", 2, "2024-03-10", "2024-03-20", "recovered", None)]
    at = answer(study.terminal("ae", "edit", "P01", "1"), ("What happened", ""), ("Grade", ""), ("Since when", "2024-04"),
                ("Enter: stays 2024-03-20", ""), ("is before the onset, 2024-04", "2024-05"), ("Related to", ""), ("Serious", ""),
                ("Action taken", ""), ("Outcome", ""), ("Recorded at", ""), ("Why does it change?", "misread"))
    assert at.end() == 0
    assert study.sql("SELECT onset, end_date FROM adverse_event") == [("2024-04", "2024-05")]


def test_ae_remove_asks_which_and_why(study):
    at = answer(study.terminal("ae", "remove"), ("Patient", "P01"), ("1 cystitis, 2024-03-10", "1"),
                ("Why is 1, cystitis, taken out?", "of P02"))
    assert at.end() == 0
    assert study.sql("SELECT count(*) FROM adverse_event") == [(0,)]
    study.run("audit", "verify")
    at = study.terminal("ae", "remove", "P01")
    assert at.end() == 66 and "P01 has no adverse event" in at.words(), at.screen()


def test_a_lock_is_told_before_a_dialogue(study):
    study.run("lock", "patient", "P01")
    for words in (("ae", "remove", "P01"), ("ae", "edit", "P01")):
        at = answer(study.terminal(*words), ("Number of the adverse event", "1"))
        assert at.end() == 77 and "was locked by" in at.words(), at.screen()
    for words in (("patient", "edit", "P01"), ("event", "edit", "P01"), ("event", "remove", "P01")):
        at = study.terminal(*words)
        assert at.end() == 77 and "was locked by" in at.words(), at.screen()


def test_patient_edit_asks_beside_what_is_stored(study):
    at = answer(study.terminal("patient", "edit"), ("Patient", "P09"), ("did you mean P01?", "P01"), ("Enter: stays PRG", ""),
                ("Enter: stays M", ""), ("Enter: stays 1960-04-01", ""), ("Enter: stays 178", "171"), ("Enter: stays 1;", ""),
                ("Enter: stays spinal", ""), ("Why does it change?", "measured again"))
    assert at.end() == 0
    assert study.sql("SELECT height_cm, birth_date FROM patient WHERE patient = 'P01'") == [(171, "1960-04-01")]
    at = answer(study.terminal("patient", "edit", "P01"), ("Site", ""), ("Sex", ""), ("Date of birth", ""), ("Height", ""),
                ("Cohort", ""), ("Where", ""))
    assert at.end() == 2 and "nothing to change" in at.words()


def test_event_edit_and_remove_ask_which_and_why(study):
    at = answer(study.terminal("event", "edit"), ("Patient", "P01"), ("infusion 2024-03-04", "infusion 2024-03-04"),
                ("Enter: stays 2024-03-04", "2024-03-05"), ("Cells given", ""), ("Note", ""), ("Why does it change?", "misread"))
    assert at.end() == 0
    assert study.sql("SELECT date, value FROM event WHERE event = 'infusion'") == [("2024-03-05", 15e6)]
    at = answer(study.terminal("event", "remove", "P01"), ("2 infusion 2024-03-05", "2"), ("is infusion of 2024-03-05 taken out", "no"))
    assert at.end() == 0
    assert study.sql("SELECT count(*) FROM event WHERE event = 'infusion'") == [(0,)]


def test_enter_without_words_offers_what_is_due(study):
    at = answer(study.enter(), ("1 P01 MN3 Visit VI, due, 2024-05-20 to 2024-06-17", "1")).wait("1 of 10 Speech")
    at.press("d").end()
    at = answer(study.enter(), ("Which visit?", "P77"), ("did you mean", "P01 MN3")).wait("1 of 10 Speech").press("d")
    at.end()
    at = answer(study.enter("P01"), ("MN3 Visit VI, due 2024-06-03", "")).wait("1 of 10 Speech").press("d")
    at.end()
    at = answer(study.enter(), ("Which visit?", "P01"), ("Enter: MN3", "MN6")).wait("P01 MN6 Visit VII").press(CTRL_C)
    assert at.end() == 130


def test_visit_record_asks_whether_it_took_place(study):
    at = answer(study.terminal("visit", "record", "P01", "MN12"), ("Did it take place?", ""), ("Date", "2025-03-05"),
                ("How it was held", "2"), ("Procedure mri", "2"), ("Why was it not done?", "4"))
    assert at.end() == 0
    assert study.sql("SELECT count(*) FROM visit WHERE mode = 'phone'") == [(1,)]
    assert study.sql("SELECT status, reason FROM procedure") == [("not-done", "equipment")]
    at = answer(study.terminal("visit", "record", "P01", "MN6"), ("Did it take place?", "no"), ("Why not?", "refused"))
    assert at.end() == 0
    assert study.sql("SELECT reason FROM visit WHERE status = 'not-done'") == [("refused",)]


def test_what_is_unusual_about_a_record_is_stored_with_the_reason_typed(study):
    at = study.terminal("patient", "add", "P08", "--height", "66")
    answer(at, ("a height of 66 cm", "  "), ("say why in words", "sits in a wheelchair"))
    assert at.end() == 0
    assert study.sql("SELECT height_cm FROM patient WHERE patient = 'P08'") == [(66,)]
    assert study.sql("SELECT rule, text FROM query JOIN query_step USING (query_id) WHERE rule = 'W-HEIGHT'") == [
        ("W-HEIGHT", "sits in a wheelchair")]
    study.run("event", "add", "P01", "death", "2024-07-01")
    at = answer(study.terminal("ae", "add", "P01", "7", "--term", "fall", "--onset", "2024-08-01"),
                ("after the patient's death", "the date of death is an estimate"))
    assert at.end() == 0
    at = study.terminal("visit", "record", "P01", "MN12", "2025-03-05").wait("after the patient's death").press(CTRL_C)
    assert at.end() == 130
    assert study.sql("SELECT count(*) FROM visit WHERE day > 20000") == [(0,)], "who leaves stores nothing"


def test_leaving_a_question_stores_nothing(study):
    at = study.terminal("patient", "add", "P09").wait("Site").press(CTRL_C)
    assert at.end() == 130 and at.echoes() is not None
    assert study.sql("SELECT count(*) FROM patient WHERE patient = 'P09'") == [(0,)]
    at = study.terminal("patient", "add").wait("Patient").press("P09" + ENTER, "Site").press(CTRL_D)
    assert at.end() == 130
    assert study.sql("SELECT count(*) FROM patient WHERE patient = 'P09'") == [(0,)]


def test_without_a_terminal_what_is_missing_is_named(study):
    for words, missing in ((("patient", "add"), "PATIENT"), (("event", "add", "P01", "death"), "DATE"),
                           (("ae", "add", "P01"), "AE_ID"), (("ae", "add", "P01", "9"), "--term"),
                           (("visit", "record", "P01", "MN12"), "DATE")):
        assert f"{missing} " in study.run(*words, code=2), words


def test_listed_events_are_recorded_at_once(study):
    at = study.enter("P01", "MN3", "ae-review").wait("Adverse events since the last review").press("2", "events are listed")
    at.press("s", "Record an adverse event now?")
    answer(at, ("Record an adverse event now?", ""), ("Number", ""), ("What happened", "fall at home"), ("Grade", "1"),
           ("Since when", ""), ("Until when", ""), ("Related to", ""), ("Serious", "no"), ("Action taken", ""), ("Outcome", ""),
           ("Record an adverse event now?", "no"))
    assert at.end() == 0
    assert study.sql("SELECT term, grade FROM adverse_event WHERE ae_id = '2'") == [("fall at home", 1)]
    assert study.sql("SELECT code FROM adverse_event JOIN visit_code USING (visit_no) WHERE ae_id = '2'") == [("MN3",)]


# ---- Figures ----


def measure(study):
    """Key presses, and seconds at 0.3 s a key."""
    def visit(at, steps):
        began = time.monotonic()
        for key in steps:
            at.press(key)
            at.read(0)
            time.sleep(0.3)
        at.end()
        return at.keys, time.monotonic() - began
    at = study.revised().enter("S01", "MN1", "alsfrsr").wait("Speech")
    print("ALSFRS-R: %d keys, %.1f s" % visit(at, "443432343434s"))
    study.env["ALSTRACK_DB"] = "study.db"
    at = study.enter("P01", "MN3").wait("Speech")
    print("Bioinova visit: %d keys, %.1f s" % visit(at, "4443233324s" + NORRIS + "s" + "3.1\r73\r13s" + "1s"))


def main():
    tests = {name: test for name, test in globals().items() if inspect.isfunction(test)
             and (name.startswith("test_") or name == "measure")}
    wanted = sys.argv[3:] or [name for name in tests if name != "measure"]
    failed = 0
    for name in wanted:
        study = Study()
        try:
            tests[name](study)
        except Exception:
            failed += 1
            print(f"FAILED {name}")
            traceback.print_exc()
        finally:
            study.close()
    print(f"{len(wanted)} tests, {failed} failed")
    return failed > 0


sys.exit(main())
