/* Every example of the help, run by a shell as it stands, each in a prepared folder of its own. */
#include "als_test.h"

#include <sys/wait.h>

#include "command.h"

TestSuite(examples, .timeout = 600);

/* `alstrack` of the example is the program under test; lib.sh prepares what the examples name. */
static int run_example(const char *line, unsigned flags)
{
    /* A command that stays is ended once it says how. There is no desktop in a test. */
    static const char until_ended[] =
        "ln -s /bin/true xdg-open && PATH=$PWD:$PATH && "
        "alstrack() { \"$ALSTRACK\" \"$@\" 2>stay.txt & "
        "while kill -0 $! && ! grep -q '^end with' stay.txt; do sleep 0.05; done; "
        "kill $!; wait $!; } && ";
    /* At one that asks on a terminal somebody presses Esc, which answers no question, and d, which
     * leaves, until it has ended. */
    static const char at_a_terminal[] =
        "alstrack() { { while sleep 0.2; do printf '\\033'; sleep 0.2; printf d || exit; done; } | "
        "SHELL=/bin/sh script -qec "
        "\"'$ALSTRACK' $*\" /dev/null; } && ";
    const char *how = flags & ALS_CMD_STAYS    ? until_ended
                      : flags & ALS_CMD_ON_TTY ? at_a_terminal
                                               : "";
    char folder[256], script[2048];
    snprintf(script, sizeof script,
             "cd '%s' && export ALSTRACK=\"$ALSTRACK_BINARY\" ROOT=\"$ALSTRACK_ROOT\" && "
             ". \"$ROOT/tests/golden/lib.sh\" && make_study && %s%s { %s >out.txt; } 2>err.txt "
             "</dev/null "
             "|| { code=$?; cat err.txt >&2; exit $code; }",
             test_folder(folder), flags & ALS_CMD_USERS ? "make_users && " : "", how, line);
    int status = system(script);
    snprintf(script, sizeof script, "rm -rf '%s'", folder);
    cr_assert_eq(system(script), 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

/* Done, or done with findings where the command says that there may be some. */
static bool is_done(const struct als_command *command, int code)
{
    for (size_t i = 0; command->exits[i]; i++)
        if (command->exits[i] == ALS_FINDINGS && code == ALS_FINDINGS)
            return true;
    return code == 0;
}

static bool gnuplot_is_missing(void)
{
    return system("command -v gnuplot >/dev/null") != 0;
}

/* One test per command keeps them side by side on the machine's cores. */
static size_t indexes[128];
ParameterizedTestParameters(examples, run_as_they_stand)
{
    cr_assert_leq(als_command_count(), COUNT(indexes));
    for (size_t i = 0; i < als_command_count(); i++)
        indexes[i] = i;
    return cr_make_param_array(size_t, indexes, als_command_count());
}

ParameterizedTest(size_t *index, examples, run_as_they_stand)
{
    if (!getenv("ALSTRACK_BINARY"))
        cr_skip_test("ALSTRACK_BINARY is not set");
    const struct als_command *command = als_command_at(*index);
    if ((command->flags & ALS_CMD_GNUPLOT) && gnuplot_is_missing())
        cr_skip_test("gnuplot is not installed");
    for (const struct als_example *example = command->examples; example->line; example++)
        cr_expect(is_done(command, run_example(example->line, command->flags)), "%s",
                  example->line);
}
