/*
 * Imports of assessments: cells, keys, visits found by date, rejects, dry run, warnings.
 */
#include "trial.h"

#include "als_test.h"

#define HEAD "patient,visit,date,speech,salivation,swallowing\n"

Test(import_assessments, enters_rows_makes_visits_and_changes_nothing_the_second_time)
{
    static const char text[] =
        "patient,visit,date,speech,salivation,swallowing,rater,status,reason,salivation.reason\n"
        "P1,SCR,2020-02-03,4,4,4,,done,,\n"
        "P1,MN1,2020-04-02,3,,4,ann,,,refused\n"
        "P1,MN1,2020-04-01,3,4,4,bob,,,\n"
        "P2,ET,2020-04-01,0,0,0,,,,\n"
        "P2,MN1,,,,,,not-done,too_weak,\n";
    struct trial trial;
    struct als_buf out;
    trial_open(&trial, true);
    als_buf_init(&out, ALS_BUF_LARGE);
    trial_must(&trial, "alsfrsr", text);
    cr_assert_eq(trial.result.entered, 5);
    cr_assert_gt(trial.result.change_id, 0);
    cr_assert_str_eq(trial_rows(&trial, "alsfrsr", 3, &out),
                     "P1 SCR - 2020-02-03 done 4/4/4;P1 MN1 ann 2020-04-02 done 3/.(refused)/4;"
                     "P1 MN1 bob 2020-04-01 done 3/4/4;P2 MN1 - - not-done (too_weak) ././.;"
                     "P2 ET - 2020-04-01 done 0/0/0;");
    cr_assert_str_eq(trial_visits(&trial, "P1", &out), "SCR 2020-02-03 made;MN1 2020-04-01 made;");
    cr_assert_str_eq(trial_visits(&trial, "P2", &out), "ET 2020-04-01 made;");
    trial_must(&trial, "alsfrsr", text);
    cr_assert_eq(trial.result.same, 5);
    cr_assert_eq(trial.result.change_id, 0);
    cr_assert_eq(trial_verify(&trial), 0);
    als_buf_release(&out);
    trial_close(&trial);
}

static const struct {
    const char *kind, *text, *said;
} bad[] = {
    {"alsfrsr", HEAD "P1,MN1,2020-04-01,5,4,4\n",
     "2:19 error speech: expected one of 4, 3, 2, 1, 0, found '5' [E-VALUE]"},
    {"alsfrsr", HEAD "P1,MN1,2020-04-01,4, 4,4\n",
     "2:21 error salivation: expected one of 4, 3, 2, 1, 0, found ' 4' [E-VALUE] hint: remove the "
     "b"},
    {"alsfrsr", HEAD "P1,MN1,2020-04-01,4,4,\"4\n\"\n", "2:23 error swallowing: expected one of"},
    {"alsfrsr", HEAD "P1,MN1,1/4/2020,4,4,4\n",
     "2:8 error date: expected a date as YYYY-MM-DD, found '1/4/2020' [E-VALUE] hint: write the y"},
    {"alsfrsr", HEAD "P1,MN1,,4,4,4\n",
     "2:8 error date: expected a date as YYYY-MM-DD, found noth"},
    {"alsfrsr", HEAD "p1,MN1,2020-04-01,4,4,4\n", "[E-PATIENT] hint: did you mean 'P1'?"},
    {"alsfrsr", HEAD "P1,MN7,2020-04-01,4,4,4\n",
     "2:4 error visit: expected a visit of the protocol"},
    {"alsfrsr", HEAD "P1,MN1,2020-04-01,4,4,4\nP2,MN1,2020-04-01,4,4,4\nP1,MN1,2020-04-01,4,4,4\n",
     "4:1 error the same patient, visit and rater are on line 2 already [E-TWICE]"},
    {"alsfrsr", HEAD "P1,UNS1,2020-04-01,4,4,4\nP1,UNS1,2020-04-01,4,4,4\n",
     "3:1 error the same patient, visit and rater are on line 2 already [E-TWICE]"},
    {"alsfrsr", HEAD "P1,,2020-04-01,4,4,4\nP1,,2020-04-01,4,4,4\n", "UNS"},
    {"alsfrsr", "patient,date,speech\nP1,2020-04-01,4\n",
     "1:20 error there is no column 'visit' [E-COLUMN-MISSING] hint: leave its cells empty"},
    {"alsfrsr", "patient,visit,date,speach\nP1,MN1,2020-04-01,4\n",
     "1:20 error unknown column 'speach' [E-COLUMN] hint: did you mean 'speech'?"},
    {"alsfrsr", "patient,visit,date,speech,speech.reason\nP1,MN1,2020-04-01,4,refused\n",
     "2:21 error speech.reason: a reason why speech is missing, but there is an answer [E-REASON]"},
    {"alsfrsr", "patient,visit,date,speech,speech.reason\nP1,MN1,2020-04-01,,tired\n",
     "2:20 error speech.reason: expected one of not_done"},
    {"alsfrsr", "patient,visit,date,speech,status,reason\nP1,MN1,2020-04-01,4,not-done,refused\n",
     "2:21 error status: not done, but 1 item is answered [E-NOT-DONE]"},
    {"alsfrsr", "patient,visit,date,speech,status,reason\nP1,,,,not-done,refused\n",
     "2:4 error visit: an assessment that was not done needs the code of its visit [E-VISIT]"},
    {"alsfrsr", "patient,visit,date,speech,status\nP1,MN1,,,not-done\n",
     "error reason: expected one of not_done, too_weak"},
    {"fvc", "patient,visit,date,litres\nP1,MN1,2020-04-01,\"3,2\"\n",
     "2:19 error litres: expected a number"},
    {"fvc", "patient,visit,date,litres\nP1,MN1,2020-04-01,\"3,2\"\n",
     "hint: write a decimal point"},
    {"fvc", "patient,visit,date,litres\nP1,MN1,2020-04-01,nan\n", "2:19 error litres: expected"},
};

TABLE_TEST(import_assessments, says_what_is_wrong_and_stores_nothing, bad)
{
    struct trial trial;
    struct als_buf out;
    trial_open(&trial, true);
    als_buf_init(&out, ALS_BUF_LARGE);
    const enum als_status status = trial_import(&trial, bad[*row_].kind, bad[*row_].text);
    if (strcmp(bad[*row_].said, "UNS") == 0) { /* not bad: two assessments on one day */
        cr_assert_eq(status, ALS_DATA, "%s", trial.said.data);
        cr_assert_not_null(strstr(trial.said.data, "[E-TWICE]"), "%s", trial.said.data);
    } else {
        cr_assert_eq(status, ALS_DATA, "%s", trial.said.data);
        cr_assert_not_null(strstr(trial.said.data, bad[*row_].said), "expected: %s\nsaid: %s",
                           bad[*row_].said, trial.said.data);
    }
    cr_assert_eq(trial.result.entered, 0);
    cr_assert_str_eq(trial_rows(&trial, bad[*row_].kind, 3, &out), "");
    als_buf_release(&out);
    trial_close(&trial);
}

Test(import_assessments, names_old_and_new_when_a_row_contradicts_the_stored_one)
{
    struct trial trial;
    struct als_buf out;
    trial_open(&trial, true);
    als_buf_init(&out, ALS_BUF_LARGE);
    trial_must(&trial, "alsfrsr", HEAD "P1,MN1,2020-04-01,4,3,4\n");
    const char *changed = HEAD "P1,MN1,2020-04-01,4,2,4\nP2,MN1,2020-04-01,4,2,4\n";
    cr_assert_eq(trial_import(&trial, "alsfrsr", changed), ALS_DATA);
    cr_assert_not_null(strstr(trial.said.data, "2:21 error"), "%s", trial.said.data);
    cr_assert(strstr(trial.said.data, "salivation is stored as '3', the new value is '2'"), "%s",
              trial.said.data);
    cr_assert_eq(trial_import(&trial, "alsfrsr", HEAD "P1,MN1,2020-03-30,4,3,4\n"), ALS_DATA);
    cr_assert(strstr(trial.said.data,
                     "date is stored as '2020-04-01', the new value is '2020-03-30' [E-CONFLICT]"),
              "%s", trial.said.data);
    trial.reason = "source checked";
    trial_must(&trial, "alsfrsr", changed);
    cr_assert_eq(trial.result.changed, 1);
    cr_assert_eq(trial.result.entered, 1);
    trial_must(&trial, "alsfrsr", HEAD "P1,MN1,2020-03-30,4,2,4\n");
    cr_assert_str_eq(trial_rows(&trial, "alsfrsr", 3, &out),
                     "P1 MN1 - 2020-03-30 done 4/2/4;P2 MN1 - 2020-04-01 done 4/2/4;");
    cr_assert_str_eq(trial_visits(&trial, "P1", &out), "MN1 2020-03-30 made;");
    cr_assert_eq(trial_verify(&trial), 0);
    als_buf_release(&out);
    trial_close(&trial);
}

/* Day 0 is 2020-03-02: MN1 is due on 2020-04-01 +- 7, MN3 on 2020-06-01 +- 14. */
Test(import_assessments, finds_visits_by_date)
{
    static const char text[] = HEAD "P1,,2020-08-01,1,1,1\n" /* no window: UNS2 */
                                    "P1,,2020-04-08,2,2,2\n" /* last day of MN1 */
                                    "P1,,2020-06-05,3,3,3\n" /* MN3, the earlier of two */
                                    "P1,,2020-06-10,4,4,4\n" /* MN3 is taken: UNS1 */
                                    "P1,SCR,2020-02-03,4,4,4\n"
                                    "P2,,2020-04-01,0,0,0\n"; /* nothing is known of P2 */
    static const char rows[] = "P1 SCR - 2020-02-03 done 4/4/4;P1 MN1 - 2020-04-08 done 2/2/2;"
                               "P1 MN3 - 2020-06-05 done 3/3/3;P1 UNS1 - 2020-06-10 done 4/4/4;"
                               "P1 UNS2 - 2020-08-01 done 1/1/1;P2 UNS1 - 2020-04-01 done 0/0/0;";
    struct trial trial;
    struct als_buf out;
    trial_open(&trial, true);
    als_buf_init(&out, ALS_BUF_LARGE);
    trial_must(&trial, "alsfrsr", text);
    cr_assert_str_eq(trial_rows(&trial, "alsfrsr", 3, &out), rows);
    cr_assert_str_eq(trial_visits(&trial, "P1", &out),
                     "SCR 2020-02-03 made;MN1 2020-04-08 assigned made;"
                     "MN3 2020-06-05 assigned made;UNS1 2020-06-10 assigned made;"
                     "UNS2 2020-08-01 assigned made;");
    cr_assert_eq(trial.result.visits_assigned, 5);
    cr_assert_eq(trial.result.unscheduled, 3);
    cr_assert_eq(trial.result.without_anchor, 1);
    trial_must(&trial, "alsfrsr", text);
    cr_assert_eq(trial.result.same, 6);
    cr_assert_eq(trial.result.visits_assigned, 0);
    cr_assert_eq(trial.result.change_id, 0);
    /* Another instrument has its own free windows, and shares unscheduled visits of a day. */
    trial_must(&trial, "fvc", "patient,visit,date,litres\nP1,,2020-06-10,3.1\nP1,,2020-08-01,3\n");
    cr_assert_str_eq(trial_rows(&trial, "fvc", 1, &out),
                     "P1 MN3 - 2020-06-10 done 3.1;P1 UNS2 - 2020-08-01 done 3;", "%s", out.data);
    cr_assert_eq(trial_verify(&trial), 0);
    als_buf_release(&out);
    trial_close(&trial);
}

Test(import_assessments, writes_rejects_and_imports_the_rest)
{
    struct trial trial;
    struct als_buf out;
    char rejects[300];
    trial_open(&trial, true);
    als_buf_init(&out, ALS_BUF_LARGE);
    snprintf(rejects, sizeof rejects, "%s/rejects.csv", trial.folder);
    trial.options.rejects = rejects;
    const char *text = HEAD "P1,MN1,2020-04-01,4,4,4\r\n"
                            "P9,MN1,2020-04-01,7,4,4\r\n"
                            "P2,MN1,2020-04-01\n"
                            "P2,MN3,2020-06-01,1,1,1\n";
    cr_assert_eq(trial_import(&trial, "alsfrsr", text), ALS_FINDINGS, "%s", trial.said.data);
    cr_assert_eq(trial.result.entered, 2);
    cr_assert_eq(trial.result.rejected, 2);
    cr_assert_eq(trial.result.errors, 3);
    cr_assert_str_eq(trial_file(&trial, "rejects.csv", &out),
                     "patient,visit,date,speech,salivation,swallowing,reject_reason\n"
                     "P9,MN1,2020-04-01,7,4,4,\"patient: there is no patient 'P9'; speech: "
                     "expected one of 4, 3, "
                     "2, 1, 0, found '7'\"\n"
                     "P2,MN1,2020-04-01,,,,\"expected 6 columns as in the header, found 3\"\n");
    /* The good rows are the same now, and a contradiction is a row for the rejects, too. */
    cr_assert_eq(
        trial_import(&trial, "alsfrsr", HEAD "P1,MN1,2020-04-01,3,4,4\nP2,MN3,2020-06-01,1,1,1\n"),
        ALS_FINDINGS);
    cr_assert_eq(trial.result.same, 1);
    cr_assert_not_null(strstr(trial_file(&trial, "rejects.csv", &out), "is stored as '4'"));
    cr_assert_eq(trial_verify(&trial), 0);
    trial.options.rejects = trial.csv;
    cr_assert_eq(trial_import(&trial, "alsfrsr", text), ALS_USAGE);
    als_buf_release(&out);
    trial_close(&trial);
}

Test(import_assessments, shows_on_a_dry_run_what_would_change)
{
    struct trial trial;
    struct als_buf out;
    trial_open(&trial, true);
    als_buf_init(&out, ALS_BUF_LARGE);
    trial_must(&trial, "alsfrsr", HEAD "P1,MN1,2020-04-01,4,4,4\n");
    trial.options.dry_run = true;
    trial_must(&trial, "alsfrsr", HEAD "P1,MN1,2020-04-01,4,3,4\nP2,MN1,2020-04-01,1,1,1\n");
    cr_assert_not_null(strstr(trial.cells.data, "P1/MN1 salivation 4 3\n"), "%s", trial.cells.data);
    cr_assert_not_null(strstr(trial.cells.data, "P2/MN1 speech - 1\n"), "%s", trial.cells.data);
    cr_assert_eq(trial.result.changed, 1);
    cr_assert_eq(trial.result.entered, 1);
    cr_assert_eq(trial.result.change_id, 0);
    cr_assert_str_eq(trial_rows(&trial, "alsfrsr", 3, &out), "P1 MN1 - 2020-04-01 done 4/4/4;");
    als_buf_release(&out);
    trial_close(&trial);
}

Test(import_assessments, warns_by_rule_and_shows_ten_of_a_kind)
{
    struct trial trial;
    struct als_buf text;
    trial_open(&trial, true);
    als_buf_init(&text, ALS_BUF_LARGE);
    als_buf_text(&text, "patient,visit,date,walking,stairs\nP3,UNS99,2020-05-11,4,4\n");
    for (int i = 1; i <= 15; i++)
        als_buf_printf(&text, "P2,UNS%d,2020-01-%02d,0,3\n", i, i);
    trial_must(&trial, "alsfrsr", text.data);
    cr_assert_not_null(strstr(trial.said.data, "2:10 warning date: an assessment after"), "%s",
                       trial.said.data);
    cr_assert_not_null(
        strstr(trial.said.data, "3:20 warning walking: climbs stairs but cannot walk [STAIRS_WITH"),
        "%s", trial.said.data);
    cr_assert_not_null(
        strstr(trial.said.data, "15 rows in all; the first 10 are shown [STAIRS_WITHOUT_WALKING]"),
        "%s", trial.said.data);
    size_t shown = 0;
    for (const char *at = trial.said.data; (at = strstr(at, "climbs stairs")); at++)
        shown++;
    cr_assert_eq(shown, 10);
    /* 15 by the rule, one after death, and what is incomplete is only told. */
    cr_assert_eq(trial.result.warnings, 16, "%zu", trial.result.warnings);
    cr_assert_not_null(
        strstr(trial.said.data, "16 rows in all; the first 10 are shown [W-INCOMPLETE]"), "%s",
        trial.said.data);
    cr_assert_eq(trial.result.opened, 16);
    als_buf_release(&text);
    trial_close(&trial);
}

Test(import_assessments, counts_rows_out_of_window)
{
    struct trial trial;
    trial_open(&trial, true);
    trial_must(&trial, "alsfrsr",
               HEAD "P1,SCR,2020-02-08,4,4,4\nP1,D0,2020-03-09,4,4,4\nP1,MN1,2020-04-09,4,4,4\n"
                    "P2,MN1,2020-04-09,4,4,4\n");
    /* SCR is in its window; D0 hangs on SCR's date (2020-03-07 +- 2); MN1 is one day late. */
    cr_assert_eq(trial.result.out_of_window, 1, "%s", trial.said.data);
    trial_close(&trial);
}

/* Property: the order of rows in the file makes no difference to the study. */
Test(import_assessments, gives_the_same_study_for_any_order_of_rows)
{
    static const char *const codes[] = {"SCR", "D0", "MN1", "MN3", "UNS1"};
    struct als_buf expected, out;
    als_buf_init(&expected, ALS_BUF_LARGE);
    als_buf_init(&out, ALS_BUF_LARGE);
    unsigned seed = 7;
    for (int round = 0; round < 4; round++) {
        struct trial trial;
        trial_open(&trial, true);
        int order[15];
        for (int i = 0; i < 15; i++)
            order[i] = i;
        for (int i = 14; i > 0 && round > 0; i--) {
            seed = seed * 1103515245u + 12345u;
            const int j = (int)((seed >> 16) % (unsigned)(i + 1)), kept = order[i];
            order[i] = order[j];
            order[j] = kept;
        }
        struct als_buf text;
        als_buf_init(&text, ALS_BUF_LARGE);
        als_buf_text(&text, HEAD);
        for (int i = 0; i < 15; i++)
            als_buf_printf(&text, "P%d,%s,2020-04-%02d,%d,1,2\n", order[i] % 3 + 1,
                           codes[order[i] / 3], order[i] + 1, order[i] % 5);
        trial_must(&trial, "alsfrsr", text.data);
        trial_rows(&trial, "alsfrsr", 3, round == 0 ? &expected : &out);
        cr_assert_eq(trial.result.entered, 15);
        if (round > 0)
            cr_assert_str_eq(out.data, expected.data);
        cr_assert_eq(trial_verify(&trial), 0);
        als_buf_release(&text);
        trial_close(&trial);
    }
    als_buf_release(&expected);
    als_buf_release(&out);
}

Test(import_assessments, tells_once_that_a_visit_was_out_of_window)
{
    struct trial trial;
    trial_open(&trial, true);
    trial_must(&trial, "alsfrsr", HEAD "P1,MN1,2020-04-20,4,4,4\n");
    cr_assert_not_null(strstr(trial.said.data, "W-WINDOW"), "%s", trial.said.data);
    trial_must(&trial, "fvc", "patient,visit,date,litres\nP1,MN1,2020-04-20,3.1\n");
    cr_assert_null(strstr(trial.said.data, "W-WINDOW"), "%s", trial.said.data);
    cr_assert_eq(trial.result.out_of_window, 1);
    trial_must(&trial, "fvc",
               "patient,visit,date,litres,rater\nP1,MN1,2020-04-21,3.1,ann\n"
               "P1,MN3,2020-07-01,3.0,\nP1,MN3,2020-07-01,3.0,ann\n");
    cr_assert_eq(trial.result.out_of_window, 3);
    cr_assert_not_null(strstr(trial.said.data, "2:8 info"), "%s", trial.said.data);
    cr_assert_not_null(strstr(trial.said.data, "3:8 info"), "%s", trial.said.data);
    cr_assert_null(strstr(trial.said.data, "4:8 info date"), "%s", trial.said.data);
    trial_close(&trial);
}

Test(import_assessments, warns_of_an_assessment_before_birth)
{
    struct trial trial;
    trial_open(&trial, true);
    trial_must(&trial, "alsfrsr", HEAD "P1,UNS1,1960-01-31,4,4,4\nP1,UNS2,1960-02-01,4,4,4\n");
    cr_assert_not_null(
        strstr(trial.said.data, "2:9 warning date: an assessment before the patient"), "%s",
        trial.said.data);
    cr_assert_null(
        strstr(trial.said.data, "3:9 warning date: an assessment before the patient's birth"), "%s",
        trial.said.data);
    trial_close(&trial);
}

Test(import_assessments, clears_the_answers_of_what_was_not_done)
{
    static const char text[] = "patient,visit,date,swallowing,status,reason\n"
                               "P1,MN1,,,not-done,too_weak\n";
    struct trial trial;
    struct als_buf out;
    trial_open(&trial, true);
    als_buf_init(&out, ALS_BUF_LARGE);
    trial_must(&trial, "alsfrsr", HEAD "P1,MN1,2020-04-01,4,3,2\n");
    cr_assert_eq(trial_import(&trial, "alsfrsr", text), ALS_DATA);
    cr_assert_not_null(strstr(trial.said.data, "E-CONFLICT"), "%s", trial.said.data);
    trial.options.dry_run = true;
    trial_must(&trial, "alsfrsr", text);
    cr_assert_not_null(strstr(trial.cells.data, "speech 4 \n"), "%s", trial.cells.data);
    cr_assert_not_null(strstr(trial.cells.data, "salivation 3 \n"), "%s", trial.cells.data);
    trial.options.dry_run = false;
    trial.reason = "wrong patient";
    trial_must(&trial, "alsfrsr", text);
    cr_assert_str_eq(trial_rows(&trial, "alsfrsr", 3, &out),
                     "P1 MN1 - - not-done (too_weak) ././.;");
    als_buf_release(&out);
    trial_close(&trial);
}

Test(import_assessments, shows_on_a_dry_run_what_rejects_would_leave_out)
{
    static const char text[] = HEAD "P1,MN1,2020-04-01,4,4,4\nP1,MN3,2020-06-01,4,9,4\n"
                                    "P2,SCR,2020-02-01,1,1,1\n";
    struct trial trial;
    char rejects[300];
    trial_open(&trial, true);
    trial_must(&trial, "alsfrsr", HEAD "P2,SCR,2020-02-01,4,4,4\n");
    snprintf(rejects, sizeof rejects, "%s/rejects.csv", trial.folder);
    trial.options.rejects = rejects;
    trial.options.dry_run = true;
    cr_assert_eq(trial_import(&trial, "alsfrsr", text), ALS_FINDINGS);
    const struct als_import_result dry = trial.result;
    cr_assert_not_null(strstr(trial.cells.data, "P1/MN1 speech - 4"), "%s", trial.cells.data);
    cr_assert_null(strstr(trial.cells.data, "P2/SCR"), "%s", trial.cells.data);
    cr_assert_neq(access(rejects, F_OK), 0);
    trial.options.dry_run = false;
    cr_assert_eq(trial_import(&trial, "alsfrsr", text), ALS_FINDINGS);
    cr_assert_eq(dry.entered, 1);
    cr_assert_eq(dry.entered, trial.result.entered);
    cr_assert_eq(dry.rejected, 2);
    cr_assert_eq(dry.rejected, trial.result.rejected);
    cr_assert_eq(dry.errors, trial.result.errors);
    cr_assert_eq(dry.change_id, 0);
    trial_close(&trial);
}

Test(import_assessments, refuses_a_done_row_without_any_answer)
{
    struct trial trial;
    trial_open(&trial, true);
    cr_assert_eq(trial_import(&trial, "alsfrsr", HEAD "P1,MN1,2020-04-01,,,\n"), ALS_DATA);
    cr_assert_not_null(
        strstr(trial.said.data, "2:19 error speech: done, but without any answer [E-EMPTY]"), "%s",
        trial.said.data);
    cr_assert_eq(trial.result.errors, 1);
    trial_close(&trial);
}

Test(import_assessments, names_every_column_that_contradicts_the_stored_row)
{
    struct trial trial;
    trial_open(&trial, true);
    trial_must(&trial, "alsfrsr", HEAD "P1,MN1,2020-04-01,4,3,4\n");
    cr_assert_eq(trial_import(&trial, "alsfrsr", HEAD "P1,MN1,2020-04-02,4,2,1\n"), ALS_DATA);
    cr_assert_not_null(
        strstr(trial.said.data,
               "2:8 error patient P1, visit MN1, alsfrsr: date is stored as '2020-04-01', the new "
               "value is '2020-04-02'; salivation is stored as '3', the new value "
               "is '2'; swallowing is stored as '4', the new value is '1'"),
        "%s", trial.said.data);
    cr_assert_eq(trial_import(&trial, "patients", "patient,sex,height_cm\nP1,M,170\n"), ALS_DATA);
    cr_assert_not_null(strstr(trial.said.data, "2:4 error patient P1: sex is stored as 'F'"), "%s",
                       trial.said.data);
    trial_close(&trial);
}
