/*
 * Imports of patients, events, visits and adverse events; headers; what is said about bad cells.
 */
#include "trial.h"

#include "als_test.h"

Test(import_records, enters_all_kinds_and_changes_nothing_the_second_time)
{
    static const char *const files[][2] = {
        {"patients", "patient,site,sex,birth_date,height_cm,arm,cohort,onset_site\n"
                     "007,PRG,F,1960-02,165.5,,low,bulbar\n8,PRG,M,,,,,\n"},
        {"events",
         "patient,event,date,value,unit,note\n"
         "007,onset,2018,,,\n007,infusion,2020-03-02,1.5e7,cells,\n"
         "007,infusion,2020-04-02,1.5e7,cells,\"second, late\"\n8,relapse,2020-01-01,,,\n"},
        {"visits", "patient,visit,date,mode,status,reason\n"
                   "007,SCR,2020-01-30,clinic,done,\n007,MN1,,phone,not-done,too_weak\n"
                   "007,UNS1,2020-02-20,,done,\n"},
        {"ae", "patient,ae_id,visit,term,onset,end,grade,serious,relation,action,outcome,dlt\n"
               "007,1,MN1,headache,2020-03-03,2020-03,1,N,procedure;disease,none,recovered,N\n"
               "8,1,,fall,2020,,3,Y,,,,\n"},
    };
    struct trial trial;
    struct als_buf out;
    trial_open(&trial, false);
    als_buf_init(&out, ALS_BUF_LARGE);
    for (int round = 0; round < 2; round++)
        for (size_t i = 0; i < COUNT(files); i++) {
            trial_must(&trial, files[i][0], files[i][1]);
            cr_assert_eq(round ? trial.result.same : trial.result.entered, trial.result.rows);
            cr_assert_eq(trial.result.change_id != 0, round == 0);
        }
    cr_assert_str_eq(trial_visits(&trial, "007", &out),
                     "SCR 2020-01-30;MN1 not-done;UNS1 2020-02-20;");
    cr_assert_eq(trial_verify(&trial), 0);
    als_buf_release(&out);
    trial_close(&trial);
}

/* One bad thing each, in a file of its own: what is said, with line and byte column. */
static const struct {
    const char *kind, *text, *said;
} bad[] = {
    {"patients", "patient,sex\nP9,X\n", "2:4 error sex: expected one of F, M, found 'X' [E-VALUE]"},
    {"patients", "patient,height_cm\nP9,\"165,5\"\n",
     "2:4 error height_cm: expected a number from 50 to 250 cm, found '165,5' [E-VALUE] hint: "
     "write "
     "a decimal point, not a comma"},
    {"patients", "patient,height_cm\nP9,20\n", "2:4 error height_cm: expected a number from 50"},
    {"patients", "patient,birth_date\nP9,03/04/1960\n",
     "2:4 error birth_date: expected a date as YYYY-MM-DD, YYYY-MM or YYYY, found '03/04/1960' "
     "[E-VALUE] hint: write the year first"},
    {"patients", "patient,cohort\nP9,lo\n", "2:4 error cohort: expected low, found 'lo'"},
    {"patients", "patient,sex\n,F\n", "2:1 error patient: expected a patient, found nothing"},
    {"patients", "patient,sex\nP9,F\nP8,M\nP9,F\n",
     "4:1 error patient: the same key is on line 2 already [E-TWICE]"},
    {"patients", "patient,sex\nP9,F,\n", "2:6 error expected 2 columns as in the header, found 3"},
    {"patients", "patient,sex\nP9\n", "2:3 error expected 2 columns as in the header, found 1"},
    {"patients", "patient,gender\nP9,F\n", "1:9 error unknown column 'gender' [E-COLUMN]"},
    {"patients", "patient,Birth Date\nP9,\n",
     "1:9 error unknown column 'Birth Date' [E-COLUMN] hint: did you mean 'birth_date'?"},
    {"patients", "patient,hieght_cm\nP9,\n", "hint: did you mean 'height_cm'?"},
    {"patients", "patient,sex,sex\nP9,F,F\n",
     "1:13 error column 'sex' is there twice: as column 2 and as column 3 [E-COLUMN-TWICE]"},
    {"patients", "sex\nF\n", "1:4 error there is no column 'patient' [E-COLUMN-MISSING]"},
    {"patients", "patient;sex\nP9;F\n",
     "1:8 error the columns are separated by semicolons, expected commas [E-SEPARATOR] hint: save"},
    {"patients", "patient\tsex\nP9\tF\n", "1:8 error the columns are separated by tabs"},
    {"patients", "", "0:0 error the file is empty [E-EMPTY]"},
    {"patients", "\n\n", "0:0 error the file is empty [E-EMPTY]"},
    {"patients", "patient,sex\n", "0:0 error there are no rows after the header [E-EMPTY]"},
    {"patients", "patient,sex\nP9,F\nP8,\"F\n", "3:4 error the file ends inside the quoted field"},
    {"patients", "patient,onset_site\nP9,bulb\xE4r\n", "2:8 error not UTF-8: byte 0xE4"},
    {"patients", "\xFF\xFEp\n", "1:1 error the file is UTF-16, not UTF-8"},
    {"events", "patient,event,date\nP1,infusoin,2020-01-01\n",
     "found 'infusoin' [E-VALUE] hint: did you mean 'infusion'?"},
    {"events", "patient,event,date\nP1,death,\n",
     "2:10 error date: expected a date as YYYY-MM-DD, YYYY-MM or YYYY, found nothing [E-MISSING]"},
    {"events", "patient,event,date\nP11,death,2020-02-30\n",
     "2:1 error patient: there is no patient 'P11' [E-PATIENT] hint: did you mean 'P1'?\n"
     "2:11 error date: expected a date as"},
    {"events", "patient,event,date\nP1,death,2020\nP1,death,2021\n",
     "3:4 error event: the same key is on line 2 already [E-TWICE]"},
    {"patients", "patient,site\nP9,PRK\n", "2:4 error site: expected PRG, found 'PRK' [E-VALUE]"},
    {"events", "patient,event,date\nP1,infusion,2020-05\n",
     "2:13 error date: expected a date as YYYY-MM-DD, found '2020-05' [E-VALUE]"},
    {"events", "patient,event,date\nP1,death,2020-02-30\n", "hint: there is no such day"},
    {"events", "patient,event,date\nP1,death,2020-8-1\n",
     "hint: write two digits for month and day"},
    {"visits", "patient,visit,date\nP1,MN1,2020-13-01\n", "hint: there is no such day"},
    {"visits", "patient,visit,date\nP1,MN1,2020-04-1\n", "hint: write two digits"},
    {"visits", "patient,visit,date\nP1,MN2,2020-01-01\n",
     "2:4 error visit: expected a visit of the protocol, found 'MN2' [E-VISIT] hint: visits are "
     "SCR, D0, MN1, MN3, and UNS1"},
    {"visits", "patient,visit,date\nP1,MN1,2020-04\n",
     "2:8 error date: expected a date as YYYY-MM-DD, found '2020-04' [E-VALUE]"},
    {"visits", "patient,visit,date\nP1,MN1,\n", "2:8 error date: expected a date"},
    {"visits", "patient,visit,date,mode\nP1,MN1,2020-04-01,email\n",
     "2:19 error mode: expected one"},
    {"visits", "patient,visit,date,status,reason\nP1,MN1,,not-done,\n",
     "2:18 error reason: expected one of not_done, too_weak"},
    {"visits", "patient,visit,date,status,reason\nP1,MN1,2020-04-01,done,refused\n",
     "2:24 error reason: a reason why it was not done, but its status is done [E-REASON]"},
    {"visits", "patient,visit,date\nP1,UNS1,2020-04-01\nP1,MN1,2020-04-01\nP1,UNS1,2020-04-02\n",
     "4:4 error visit: the same key is on line 2 already [E-TWICE]"},
    {"ae", "patient,ae_id,term,grade\nP1,1,fall,4\n", "2:11 error grade: expected one of 1, 2, 3"},
    {"ae", "patient,ae_id,term,serious\nP1,1,fall,yes\n", "2:11 error serious: expected Y or N"},
    {"ae", "patient,ae_id,term,relation\nP1,1,fall,procedure;moon\n",
     "2:11 error relation: expected one or more of cell product, procedure, disease, with ; betw"},
    {"ae", "patient,ae_id,term,onset,end\nP1,1,fall,2020-02-03,2020-02-01\n",
     "2:22 error end: it ends on 2020-02-01, before its onset on 2020-02-03 [E-ORDER]"},
    {"ae", "patient,ae_id\nP1,1\n", "1:14 error there is no column 'term' [E-COLUMN-MISSING]"},
};

TABLE_TEST(import_records, says_what_is_wrong_and_stores_nothing, bad)
{
    struct trial trial;
    trial_open(&trial, true);
    cr_assert_eq(trial_import(&trial, bad[*row_].kind, bad[*row_].text), ALS_DATA, "%s",
                 trial.said.data);
    cr_assert_not_null(strstr(trial.said.data, bad[*row_].said), "expected: %s\nsaid: %s",
                       bad[*row_].said, trial.said.data);
    cr_assert_gt(trial.result.errors, 0);
    cr_assert_eq(trial.result.change_id, 0);
    cr_assert_eq(trial_verify(&trial), 0);
    trial_close(&trial);
}

Test(import_records, reports_every_bad_cell_of_a_file)
{
    struct trial trial;
    trial_open(&trial, true);
    cr_assert_eq(
        trial_import(&trial, "patients", "patient,sex,height_cm\nA,X,tall\nB,F,160\nC,,1\n"),
        ALS_DATA);
    cr_assert_eq(trial.result.errors, 3);
    cr_assert_str_eq(trial.err.text + strlen(trial.err.text) -
                         strlen("3 errors, nothing is stored"),
                     "3 errors, nothing is stored");
    const char *first = strstr(trial.said.data, "2:3 error sex");
    const char *second = strstr(trial.said.data, "2:5 error height_cm");
    const char *third = strstr(trial.said.data, "4:4 error height_cm");
    cr_assert(first && second && third, "%s", trial.said.data);
    cr_assert_lt(third - second, 200);
    trial_close(&trial);
}

Test(import_records, needs_a_reason_to_change_what_is_stored)
{
    struct trial trial;
    trial_open(&trial, true);
    const char *text = "patient,height_cm\nP1,166\n";
    cr_assert_eq(trial_import(&trial, "patients", text), ALS_DATA);
    cr_assert_not_null(strstr(trial.said.data, "[E-CONFLICT]"), "%s", trial.said.data);
    cr_assert(strstr(trial.said.data, "165") && strstr(trial.said.data, "166"), "%s",
              trial.said.data);
    trial.reason = "typing mistake";
    trial_must(&trial, "patients", text);
    cr_assert_eq(trial.result.changed, 1);
    cr_assert_eq(trial_verify(&trial), 0);
    trial_close(&trial);
}

Test(import_records, refuses_an_unknown_kind_with_the_nearest_one)
{
    struct trial trial;
    trial_open(&trial, false);
    cr_assert_eq(trial_import(&trial, "alsfrs-r", "a\n"), ALS_USAGE);
    cr_assert_not_null(strstr(trial.err.hint, "alsfrsr"), "%s", trial.err.hint);
    trial_close(&trial);
}

Test(import_records, refuses_a_folder_and_a_missing_file)
{
    struct trial trial;
    trial_open(&trial, false);
    remove(trial.csv);
    cr_assert_eq(trial_import(&trial, "patients", NULL), ALS_NO_INPUT);
    snprintf(trial.csv, sizeof trial.csv, "%s", trial.folder);
    cr_assert_eq(trial_import(&trial, "patients", NULL), ALS_DATA);
    trial_close(&trial);
}

Test(import_records, follows_a_map_of_other_headers)
{
    struct trial trial;
    char map[300];
    trial_open(&trial, false);
    snprintf(map, sizeof map, "%s/map.csv", trial.folder);
    trial.options.map = map;
    test_write_file(map, "their,ours\nSubject,patient\nGender,sex\nComment,\n");
    trial_must(&trial, "patients", "Subject,Gender,Comment\nA,F,nice\n");
    cr_assert_eq(trial.result.entered, 1);
    cr_assert_eq(trial_import(&trial, "patients", "Subject,Sex\nA,F\n"), ALS_DATA);
    cr_assert_not_null(strstr(trial.said.data, "3:1 error the file has no column 'Gender' [E-MAP]"),
                       "%s", trial.said.data);
    cr_assert_not_null(strstr(trial.said.data, "did you mean 'sex'?"), "%s", trial.said.data);
    trial_close(&trial);
}

Test(import_records, lists_the_columns_of_every_kind)
{
    struct trial trial;
    const char *names[64];
    trial_open(&trial, false);
    cr_assert_eq(als_import_columns(trial.store, "events", names, 64), 6);
    cr_assert_str_eq(names[5], "note");
    const size_t n = als_import_columns(trial.store, "alsfrsr", names, 64);
    cr_assert_eq(n, 3 + 13 + 5);
    cr_assert_str_eq(names[2], "date");
    cr_assert_str_eq(names[3], "speech");
    cr_assert_str_eq(names[n - 1], "reason");
    cr_assert_eq(als_import_columns(trial.store, "nothing", names, 64), 0);
    cr_assert_eq(als_import_columns(trial.store, "ae", names, 2), 12);
    trial_close(&trial);
}

Test(import_records, flags_visits_out_of_window_and_after_death)
{
    struct trial trial;
    trial_open(&trial, true);
    trial_must(&trial, "visits",
               "patient,visit,date\nP1,MN1,2020-04-09\nP1,MN3,2020-05-10\nP3,UNS1,2020-05-11\n");
    cr_assert_eq(trial.result.out_of_window, 2);
    cr_assert_eq(trial.result.warnings, 1);
    cr_assert_not_null(
        strstr(trial.said.data, "2:0 info P1 at MN1, visit: 1 day after the window of MN1"), "%s",
        trial.said.data);
    cr_assert_not_null(
        strstr(trial.said.data, "3:0 info P1 at MN3, visit: 8 days before the window of MN3"), "%s",
        trial.said.data);
    cr_assert_not_null(
        strstr(trial.said.data, "4:0 warning P3 at UNS1, visit: a visit after the patient's death"),
        "%s", trial.said.data);
    trial_close(&trial);
}

/* A visit that an amendment puts in the middle has the highest number: the plan goes by codes. */
static const char before_mn3[] = "  - {code: MN3";
static const char with_mn2[] =
    "  - {code: MN2, label: Second month, anchor: infusion 1, offset: 61 days, window: -7/+7,"
    " epoch: post, assess: [alsfrsr]}\n  - {code: MN3";

Test(import_records, judges_windows_by_the_plan_after_an_amendment)
{
    struct trial trial;
    trial_open(&trial, true);
    trial_amend(&trial, before_mn3, with_mn2);
    trial_must(&trial, "visits", "patient,visit,date\nP1,MN2,2020-05-02\nP1,MN3,2020-06-01\n");
    cr_assert_eq(trial.result.out_of_window, 0, "%s", trial.said.data);
    trial_must(&trial, "alsfrsr",
               "patient,visit,date,speech\nP1,MN2,2020-05-12,4\n"
               "P1,MN3,2020-06-16,4\n");
    cr_assert_not_null(strstr(trial.said.data, "2:8 info date: 3 days after the window of MN2"),
                       "%s", trial.said.data);
    cr_assert_not_null(strstr(trial.said.data, "3:8 info date: 1 day after the window of MN3"),
                       "%s", trial.said.data);
    cr_assert_eq(trial.result.out_of_window, 2);
    trial_close(&trial);
}

Test(import_records, follows_anchors_on_visits_after_an_amendment)
{
    struct trial trial;
    trial_open(&trial, true);
    trial_amend(&trial, "  - {code: D0, label: Treatment, anchor: visit SCR, offset: 28 days",
                "  - {code: PRE, label: Second screening, anchor: visit SCR, offset: 14 days,"
                " window: -3/+3, epoch: pre, assess: [alsfrsr]}\n"
                "  - {code: D0, label: Treatment, anchor: visit PRE, offset: 14 days");
    trial_must(&trial, "visits", "patient,visit,date\nP2,PRE,2020-03-01\n");
    trial_must(&trial, "visits", "patient,visit,date\nP2,D0,2020-03-20\n");
    cr_assert_not_null(
        strstr(trial.said.data, "2:0 info P2 at D0, visit: 3 days after the window of D0"), "%s",
        trial.said.data);
    trial_close(&trial);
}

Test(import_records, says_once_that_a_site_is_unknown)
{
    struct trial trial;
    trial_open(&trial, true);
    cr_assert_eq(trial_import(&trial, "patients", "patient,site\nP9,PRK\n"), ALS_DATA);
    cr_assert_eq(trial.result.errors, 1, "%s", trial.said.data);
    cr_assert_eq(trial.result.warnings, 0, "%s", trial.said.data);
    trial_close(&trial);
}

/* Warnings that a file of events gives, in a study with P1 born 1960-02, treated once on
 * 2020-03-02, and P3 who died on 2020-05-10. */
static const struct {
    const char *rows, *said; /* NULL: nothing */
} order[] = {
    {"P1,infusion,2020-03-20\n",
     "2:0 warning P1, event, infusion 2020-03-20: 2 infusions, 1 planned [W-DOSES] hint: 'event"},
    {"P1,infusion,2020-03-02\n", NULL},
    {"P2,infusion,2020-03-20\nP2,infusion,2020-05-20\n",
     "3:0 warning P2, event, infusion 2020-05-20: 2 infusions"},
    {"P1,onset,1960-01\n",
     "2:0 warning P1, event, onset: onset before the patient's birth [W-BEFORE-BIRTH]"},
    {"P1,onset,1960\n", NULL},
    {"P1,death,2020-02\n",
     "0:0 warning P1, event, infusion 2020-03-02: infusion after the patient's death"},
    {"P1,death,2020-03\n", NULL},
    {"P2,death,2020-03-01\nP2,consent,2020-03-02\n",
     "3:0 warning P2, event, consent: consent after the patient's death [W-AFTER-DEATH]"},
    {"P3,last_known_alive,2020-05-11\n",
     "2:0 warning P3, event, last_known_alive 2020-05-11: last_known_alive after the patient"},
    {"P3,last_known_alive,2020-05\n", NULL},
};

TABLE_TEST(import_records, warns_of_events_in_an_impossible_order, order)
{
    char text[200];
    struct trial trial;
    trial_open(&trial, true);
    snprintf(text, sizeof text, "patient,event,date\n%s", order[*row_].rows);
    trial_must(&trial, "events", text);
    cr_assert_eq(trial.result.warnings, order[*row_].said ? 1 : 0, "%s", trial.said.data);
    if (order[*row_].said)
        cr_assert_not_null(strstr(trial.said.data, order[*row_].said), "%s", trial.said.data);
    trial_must(&trial, "events", text);
    cr_assert_eq(trial.result.warnings, 0, "the same again: %s", trial.said.data);
    trial_close(&trial);
}

Test(import_records, takes_relations_as_the_command_line_does)
{
    struct trial trial;
    trial_open(&trial, true);
    trial_must(&trial, "ae", "patient,ae_id,term,relation\nP1,1,fall,procedure ; disease;\n");
    trial_close(&trial);
}

Test(import_records, takes_its_rejects_back)
{
    struct trial trial;
    struct als_buf out;
    char rejects[300];
    trial_open(&trial, true);
    als_buf_init(&out, ALS_BUF_LARGE);
    snprintf(rejects, sizeof rejects, "%s/rejects.csv", trial.folder);
    trial.options.rejects = rejects;
    cr_assert_eq(trial_import(&trial, "patients",
                              "patient,sex,arm\nA,X,\"one, two\"\nB,F\nC,F,a,b,\"c\"\nD,F,a\n"),
                 ALS_FINDINGS);
    static const char expected[] =
        "patient,sex,arm,reject_reason\n"
        "A,X,\"one, two\",\"sex: expected one of F, M, found 'X'\"\n"
        "B,F,,\"expected 3 columns as in the header, found 2\"\n"
        "C,F,a,\"expected 3 columns as in the header, found 5; beyond the columns: b,c\"\n";
    cr_assert_str_eq(trial_file(&trial, "rejects.csv", &out), expected);

    trial.options.rejects = NULL;
    trial_must(&trial, "patients", "patient,sex,arm,reject_reason\nB,F,,\"found 2\"\nC,F,a,\n");
    cr_assert_eq(trial.result.entered, 2);
    cr_assert_not_null(
        strstr(trial.said.data, "1:17 info column 'reject_reason' of an earlier imp"), "%s",
        trial.said.data);

    trial.options.rejects = rejects;
    cr_assert_eq(trial_import(&trial, "patients", "patient,reject_reason,sex\nA,\"an X\",Y\n"),
                 ALS_FINDINGS);
    cr_assert_str_eq(trial_file(&trial, "rejects.csv", &out),
                     "patient,sex,reject_reason\nA,Y,\"sex: expected one of F, M, found 'Y'\"\n");
    als_buf_release(&out);
    trial_close(&trial);
}

static bool stop_now(double fraction, void *context)
{
    (void)fraction;
    ++*(int *)context;
    return false;
}

static const char *const stopped[] = {"events", "alsfrsr", "alsfrsr without visits"};

/* trial_close finds files that are left. */
TABLE_TEST(import_records, leaves_nothing_behind_when_it_is_stopped, stopped)
{
    struct trial trial;
    struct als_buf text, rows;
    char rejects[300];
    int asked = 0;
    trial_open(&trial, true);
    als_buf_init(&text, ALS_BUF_LARGE);
    als_buf_init(&rows, ALS_BUF_LARGE);
    snprintf(rejects, sizeof rejects, "%s/rejects.csv", trial.folder);
    const bool events = strcmp(stopped[*row_], "events") == 0;
    als_buf_text(&text, events ? "patient,event,date\nP9,onset,2020\n"
                               : "patient,visit,date,speech\nP9,MN1,2020-04-01,4\n");
    for (int i = 0; i < 4200; i++) {
        char day[ALS_DATE_TEXT];
        als_day_format(18000 + i, day);
        if (events)
            als_buf_printf(&text, "P2,relapse,%s\n", day);
        else
            als_buf_printf(&text, "P2,%s,%s,4\n", *row_ == 2 || i ? "" : "MN1", day);
        if (!events && i == 10)
            break;
    }
    trial.options.rejects = rejects;
    trial.options.progress = stop_now;
    trial.options.progress_context = &asked;
    cr_assert_eq(trial_import(&trial, events ? "events" : "alsfrsr", text.data), ALS_INTERRUPTED);
    cr_assert_eq(asked, 1);
    cr_assert_neq(access(rejects, F_OK), 0);
    cr_assert_str_eq(trial_rows(&trial, "alsfrsr", 1, &rows), "");
    als_buf_release(&text);
    als_buf_release(&rows);
    trial_close(&trial);
}
