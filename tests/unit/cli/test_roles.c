/* Every command against every role, and against a user of one site: what is refused, and that
 * nothing of another site's patients comes out anywhere. */
#include "als_test.h"

#include <sys/wait.h>

#include "command.h"

TestSuite(roles, .timeout = 900);

/* A study with users in the folder `base`, and a patient ZZQ77 of Brno with something of every
 * kind, whose every text holds ZZQ. */
static const char prepare[] =
    "cd '%s' && mkdir base && cd base && export ALSTRACK=\"$ALSTRACK_BINARY\" "
    "ROOT=\"$ALSTRACK_ROOT\" && . \"$ROOT/tests/golden/lib.sh\" && make_study && "
    "sed -i -e 's|^version: \"1.0\"|version: \"1.1\"|' "
    "-e 's|^  - {code: PRG|  - {code: BRN, name: Brno}\\n&|' protocol.yaml && "
    "quietly alstrack protocol amend protocol.yaml --reason sites && "
    "sed -e 's/^version: \"1.1\"/version: \"1.2\"/' protocol.yaml >amended.yaml && "
    "quietly alstrack patient add ZZQ77 --site BRN --sex F --arm ZZQarm && "
    "quietly alstrack event add ZZQ77 consent 2023-09-02 --note ZZQnote && "
    "quietly alstrack event add ZZQ77 infusion 2024-03-04 && "
    "printf 'patient,event,date\\nZZQ77,last_known_alive,2024-04-01\\n' >ZZQfile.csv && "
    "quietly alstrack import events ZZQfile.csv && rm ZZQfile.csv && "
    "quietly alstrack event edit ZZQ77 consent --note ZZQagain --reason ZZQreason && "
    "quietly alstrack record ZZQ77 SCR alsfrs --date 2023-09-05 --respondent ZZQwife speech=1 "
    "salivation=1 swallowing=1 handwriting=1 cutting=1 dressing=1 turning=1 walking=1 stairs=1 "
    "breathing=1 && "
    "quietly alstrack record ZZQ77 D0 alsfrs --date 2024-03-04 speech=0 salivation=1 swallowing=1 "
    "handwriting=1 cutting=1 dressing=1 turning=1 walking=1 stairs=1 breathing=1 && "
    "quietly alstrack ae add ZZQ77 ZZQae --term ZZQterm --grade 3 --visit D1 && "
    "quietly alstrack lock patient ZZQ77 && make_users && "
    "quietly alstrack sign patient ZZQ77 --meaning ZZQmeaning --user root --password-file "
    "password.txt && "
    "quietly alstrack user add sita --role statistician --site PRG --full-name Sita "
    "--new-password-file password.txt && "
    "quietly alstrack user add mila --role monitor --site PRG --full-name Mila "
    "--new-password-file password.txt";

static int run_script(const char *script)
{
    int status = system(script);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

/* With a session of the user. */
static void prepare_base(const char *folder, const char *user)
{
    char script[6000];
    int n = snprintf(script, sizeof script, prepare, folder);
    snprintf(script + n, sizeof script - (size_t)n,
             " && quietly alstrack login --user %s --password-file password.txt", user);
    cr_assert_eq(run_script(script), 0);
}

/* Run a line as a user in a copy of the base; everything it says is in out.txt. */
static int run_as(const char *folder, const char *user, const char *line)
{
    char script[3000];
    snprintf(script, sizeof script,
             "cd '%s' && rm -rf copy && cp -r base copy && cd copy && "
             "export XDG_RUNTIME_DIR=$PWD/run ALSTRACK_DB=study.db ALSTRACK_USER=%s "
             "ALSTRACK=\"$ALSTRACK_BINARY\" ROOT=\"$ALSTRACK_ROOT\" && "
             ". \"$ROOT/tests/golden/lib.sh\" && { %s; } >out.txt 2>&1 </dev/null",
             folder, user, line);
    return run_script(script);
}

static bool said(const char *folder, const char *text)
{
    char script[600];
    snprintf(script, sizeof script, "grep -q '%s' '%s/copy/out.txt'", text, folder);
    return run_script(script) == 0;
}

static void remove_folder(const char *folder)
{
    char script[300];
    snprintf(script, sizeof script, "rm -rf '%s'", folder);
    cr_assert_eq(run_script(script), 0);
}

static bool can_be_run(const struct als_command *command)
{
    return !(command->flags & (ALS_CMD_STAYS | ALS_CMD_HIDDEN)) && command->examples[0].line;
}

/* Which roles may do which act: the specification, once more. */
static const struct {
    const char *user;
    unsigned acts;
} may[] = {
#define A(act) (1u << ALS_ACT_##act)
    {"root", ~0u},
    {"dora", ~A(USERS)},
    {"cora", A(FREE) | A(SEE) | A(ENTER) | A(ANSWER) | A(SIGN) | A(OWN)},
    {"mona", A(FREE) | A(SEE) | A(QUERY) | A(SIGN) | A(OWN)},
    {"stan", A(FREE) | A(SEE) | A(ANALYZE) | A(EXPORT) | A(OWN)},
    {"rea", A(FREE) | A(SEE) | A(OWN)},
#undef A
};

static size_t indexes[COUNT(may)];
ParameterizedTestParameters(roles, run_what_they_may_and_nothing_else)
{
    for (size_t i = 0; i < COUNT(may); i++)
        indexes[i] = i;
    return cr_make_param_array(size_t, indexes, COUNT(may));
}

ParameterizedTest(size_t *index, roles, run_what_they_may_and_nothing_else)
{
    if (!getenv("ALSTRACK_BINARY"))
        cr_skip_test("ALSTRACK_BINARY is not set");
    char folder[256];
    prepare_base(test_folder(folder), may[*index].user);
    for (size_t i = 0; i < als_command_count(); i++) {
        const struct als_command *command = als_command_at(i);
        if (!can_be_run(command))
            continue;
        const char *line = command->examples[0].line;
        int code = run_as(folder, may[*index].user, line);
        bool wanted = may[*index].acts >> command->act & 1;
        /* A command may say no for other reasons, such as a state that its example expects. */
        cr_expect_eq(said(folder, "E-ROLE"), !wanted, "%s: %s (%d)", may[*index].user, line, code);
        if (!wanted)
            cr_expect_eq(code, 77, "%s: %s", may[*index].user, line);
    }
    remove_folder(folder);
}

/* Curves of everybody with their mean are an analysis, on the page (/cohort) as in a file. */
Test(roles, draw_the_cohort_only_for_those_who_may_analyse)
{
    cr_expect_eq(als_command_find("plot", "spaghetti")->act, ALS_ACT_ANALYZE);
    cr_expect_eq(als_command_find("plot", "patient")->act, ALS_ACT_SEE);
}

/* ---- One site ---- */

/* Beyond the examples: asking for the other site's patient by name, and completion. */
static const char *const curious[] = {
    "alstrack",
    "alstrack __complete patient show ''",
    "alstrack __complete record ''",
    "alstrack patient show P02",
    "alstrack patient show P77",
    "alstrack event list",
    "alstrack visit due --within 4000 --as-of 2024-01-01",
    "alstrack ae list",
    "alstrack sign list",
    "alstrack lock list",
    "alstrack audit list",
    "alstrack audit cells",
    "alstrack audit verify",
    "alstrack patient screen",
    "alstrack analyze slopes",
    "alstrack export csv --out everything",
    "alstrack export csv --out everything --readers 2",
    "alstrack export csv --instrument alsfrs --out - --readers 2",
    "alstrack plot spaghetti all.svg --data all.csv",
    "alstrack plot patient --all --out charts",
    "alstrack patient add P9 --site BRN",
    "alstrack import patients patients.csv",
    "alstrack import alsfrs alsfrs.csv --reason again",
};

static void expect_nothing_of_others(const char *folder, const char *user, const char *line)
{
    char script[600];
    run_as(folder, user, line);
    snprintf(script, sizeof script,
             "cd '%s/copy' && grep -rq ZZQ . --exclude='study.db*' --exclude='copy.db*'", folder);
    cr_expect_neq(run_script(script), 0, "%s as %s tells of another site's patient", line, user);
}

static const char *const of_one_site[] = {"cora", "mila", "sita"};
static size_t users[COUNT(of_one_site)];
ParameterizedTestParameters(roles, of_one_site_find_nothing_of_another)
{
    for (size_t i = 0; i < COUNT(of_one_site); i++)
        users[i] = i;
    return cr_make_param_array(size_t, users, COUNT(of_one_site));
}

ParameterizedTest(size_t *index, roles, of_one_site_find_nothing_of_another)
{
    if (!getenv("ALSTRACK_BINARY"))
        cr_skip_test("ALSTRACK_BINARY is not set");
    const char *user = of_one_site[*index];
    char folder[256];
    prepare_base(test_folder(folder), user);
    for (size_t i = 0; i < COUNT(curious); i++)
        expect_nothing_of_others(folder, user, curious[i]);
    for (size_t i = 0; i < als_command_count(); i++) {
        const struct als_command *command = als_command_at(i);
        for (const struct als_example *example = command->examples;
             can_be_run(command) && example->line; example++)
            expect_nothing_of_others(folder, user, example->line);
    }
    run_as(folder, user, "alstrack patient show ZZQ77");
    cr_expect(said(folder, "no such patient at PRG"));
    cr_expect(said(folder, "E-SITE"));
    remove_folder(folder);
}

/* The search above can find something. */
Test(roles, of_all_sites_see_the_other_patient)
{
    if (!getenv("ALSTRACK_BINARY"))
        cr_skip_test("ALSTRACK_BINARY is not set");
    char folder[256];
    prepare_base(test_folder(folder), "stan");
    run_as(folder, "stan", "alstrack patient list");
    cr_expect(said(folder, "ZZQ77"));
    remove_folder(folder);
}
