/* Shell completion: small scripts that ask the program, and the answers. */
#include "catalogue.h"
#include "commands.h"
#include "names.h"

#include <string.h>

#include "alstrack/score/reason.h"

/* The scripts know nothing but how their shell hands words over; with no candidates the shell
 * offers files. */
static const char bash_script[] =
    "_alstrack() {\n"
    "    local IFS=$'\\n' word=${COMP_WORDS[COMP_CWORD]}\n"
    "    local words=(\"${COMP_WORDS[@]:1:COMP_CWORD-1}\")\n"
    "    [[ ${words[*]} == *=* || $word == = ]] && COMPREPLY=() && return\n"
    "    COMPREPLY=($(alstrack __complete -- \"${words[@]}\" \"$word\" 2>/dev/null))\n"
    "}\n"
    "complete -o default -F _alstrack alstrack\n";

static const char zsh_script[] =
    "#compdef alstrack\n"
    "_alstrack() {\n"
    "    local -a candidates\n"
    "    candidates=(\"${(@f)$(alstrack __complete -- \"${(@)words[2,CURRENT]}\" 2>/dev/null)}\")\n"
    "    candidates=(${candidates:#})\n"
    "    if (( ${#candidates} )); then compadd -- $candidates; else _files; fi\n"
    "}\n"
    "compdef _alstrack alstrack\n";

static const char fish_script[] =
    "function __alstrack_candidates\n"
    "    set -l words (commandline -opc) (commandline -ct)\n"
    "    set -l found (alstrack __complete -- $words[2..-1] 2>/dev/null)\n"
    "    if test (count $found) -gt 0\n"
    "        printf '%s\\n' $found\n"
    "    else\n"
    "        __fish_complete_path (commandline -ct)\n"
    "    end\n"
    "end\n"
    "complete -c alstrack -f -a '(__alstrack_candidates)'\n";

enum als_status als_cmd_completion(struct als_cli *cli, struct als_err *err)
{
    static const char *const shells[] = {"bash", "zsh", "fish"};
    static const char *const scripts[] = {bash_script, zsh_script, fish_script};
    const char *shell = als_args_operand(&cli->args, 0);
    for (size_t i = 0; i < 3; i++)
        if (strcmp(shell, shells[i]) == 0) {
            fputs(scripts[i], stdout);
            return ALS_OK;
        }
    return als_cli_no_such(ALS_USAGE, "completion for", shell, shells, 3, err);
}

/* ---- Answers ---- */

struct answer {
    struct als_cli *cli;
    const char *prefix;
};

static void offer(const struct answer *answer, const char *word)
{
    if (strncmp(word, answer->prefix, strlen(answer->prefix)) == 0)
        puts(word);
}

static void offer_all(const struct answer *answer, const char *const *words, size_t n)
{
    for (size_t i = 0; i < n; i++)
        offer(answer, words[i]);
}

static void offer_choices(const struct answer *answer, const char *choices)
{
    char word[64];
    for (const char *at = choices; *at;) {
        size_t length = strcspn(at, "|");
        snprintf(word, sizeof word, "%.*s", (int)length, at);
        if (length)
            offer(answer, word);
        at += length + (at[length] == '|');
    }
}

static bool study_is_open(const struct answer *answer)
{
    struct als_err ignored;
    return als_cli_study_path(answer->cli) &&
           als_cli_open(answer->cli, ALS_STORE_READ, &ignored) == ALS_OK;
}

static void offer_patients(const struct answer *answer)
{
    struct als_patient_list list;
    struct als_err ignored;
    if (als_patient_load(answer->cli->store, answer->cli->arena, &list, &ignored))
        return;
    for (size_t i = 0; i < list.count; i++)
        offer(answer, list.items[i].patient);
}

static void offer_measures(const struct answer *answer)
{
    struct als_store *store = answer->cli->store;
    for (size_t i = 0; i < als_store_instrument_count(store); i++) {
        const struct als_instrument *instrument = als_store_instrument(store, i);
        for (size_t j = 0; j < instrument->n_scores; j++)
            offer(answer, als_arena_printf(answer->cli->arena, "%s.%s", instrument->code,
                                           instrument->scores[j].code));
    }
}

static void offer_cohorts(const struct answer *answer)
{
    const struct als_protocol *protocol = als_store_protocol(answer->cli->store);
    for (size_t i = 0; i < protocol->n_cohorts; i++)
        offer(answer, protocol->cohorts[i].code);
}

static void offer_sites(const struct answer *answer)
{
    const struct als_protocol *protocol = als_store_protocol(answer->cli->store);
    for (size_t i = 0; i < protocol->n_sites; i++)
        offer(answer, protocol->sites[i].code);
}

/* What may stand where the help says `what`: PATIENT, VISIT, svg|png|pdf ... */
static void offer_for(const struct answer *answer, const char *what)
{
    const char *names[ALS_NAMES_ROOM] = {"patients", "events", "visits", "ae"};
    if (strchr(what, '|')) {
        offer_choices(answer, what);
        return;
    }
    if (strcmp(what, "INSTRUMENT") == 0 && !als_cli_study_path(answer->cli)) {
        offer_all(answer, names, als_catalogue_builtin_codes(names, ALS_NAMES_ROOM));
        return;
    }
    if (strcmp(what, "REASON") == 0) {
        size_t n;
        const char *const *codes = als_reasons(&n);
        offer_all(answer, codes, n);
        return;
    }
    if (!study_is_open(answer))
        return;
    struct als_store *store = answer->cli->store;
    if (strcmp(what, "PATIENT") == 0)
        offer_patients(answer);
    else if (strcmp(what, "VISIT") == 0)
        offer_all(answer, names, als_names_visits(store, names, ALS_NAMES_ROOM));
    else if (strcmp(what, "INSTRUMENT") == 0)
        offer_all(answer, names, als_names_instruments(store, names, ALS_NAMES_ROOM));
    else if (strcmp(what, "KIND") == 0)
        offer_all(answer, names, 4 + als_names_instruments(store, names + 4, ALS_NAMES_ROOM - 4));
    else if (strcmp(what, "EVENT") == 0)
        offer_all(answer, names, als_names_events(store, names, ALS_NAMES_ROOM));
    else if (strcmp(what, "MEASURE") == 0)
        offer_measures(answer);
    else if (strcmp(what, "COHORT") == 0)
        offer_cohorts(answer);
    else if (strcmp(what, "SITE") == 0)
        offer_sites(answer);
}

static void offer_items(const struct answer *answer, const char *instrument)
{
    const char *names[ALS_NAMES_ROOM];
    if (!instrument || !study_is_open(answer))
        return;
    const struct als_instrument *found = als_store_find_instrument(answer->cli->store, instrument);
    size_t n = found ? als_names_items(found, names, ALS_NAMES_ROOM) : 0;
    for (size_t i = 0; i < n; i++)
        offer(answer, als_arena_printf(answer->cli->arena, "%s=", names[i]));
}

static void offer_options(const struct answer *answer, const struct als_command *command)
{
    const struct als_option *options[ALS_COMMAND_OPTIONS];
    size_t n = als_command_options(command, options);
    for (size_t i = 0; i < n; i++)
        offer(answer, als_arena_printf(answer->cli->arena, "--%s", options[i]->name));
}

static void offer_commands(const struct answer *answer, const char *noun)
{
    const char *last = "";
    for (size_t i = 0; i < als_command_count(); i++) {
        const struct als_command *command = als_command_at(i);
        if (command->flags & ALS_CMD_HIDDEN)
            continue;
        if (!noun && strcmp(command->noun, last) != 0)
            offer(answer, command->noun);
        else if (noun && command->verb && strcmp(command->noun, noun) == 0)
            offer(answer, command->verb);
        last = command->noun;
    }
}

/* The words before the one that is being completed, sorted out. */
struct line {
    const char *words[64]; /* neither options nor values */
    size_t n_words;
    const struct als_option *open; /* the last word is an option whose value comes now */
};

static void read_line(struct als_cli *cli, struct line *line, struct als_given *study)
{
    const struct als_args *args = &cli->args;
    *line = (struct line){0};
    for (size_t i = 0; i + 1 < args->n_operands; i++) {
        const char *word = args->operands[i];
        if (word[0] != '-' || !word[1]) {
            if (line->n_words < 64)
                line->words[line->n_words++] = word;
            continue;
        }
        const char *name = word + (word[1] == '-' ? 2 : 1);
        size_t length = strcspn(name, "=");
        const struct als_option *option = als_option_anywhere(name, word[1] == '-' ? length : 1);
        const char *value = name[length] ? name + length + 1 : NULL;
        if (option && option->value && !value) {
            if (i + 2 < args->n_operands)
                value = args->operands[++i];
            else
                line->open = option;
        }
        if (option && value && strcmp(option->name, "study") == 0)
            *study = (struct als_given){option, value};
    }
}

static void answer_line(const struct answer *answer, const struct line *line)
{
    if (line->open) {
        offer_for(answer, line->open->value);
        return;
    }
    const char *noun = line->n_words > 0 ? line->words[0] : NULL;
    const char *verb = line->n_words > 1 ? line->words[1] : NULL;
    const struct als_command *command = noun ? als_command_find(noun, verb) : NULL;
    if (!command) {
        if (!verb && answer->prefix[0] != '-')
            offer_commands(answer, noun);
        return;
    }
    if (answer->prefix[0] == '-') {
        offer_options(answer, command);
        return;
    }
    struct als_operand operands[8];
    size_t n = als_command_operands(command, operands, 8);
    size_t place = line->n_words - (command->verb ? 2 : 1);
    if (place >= n && n && operands[n - 1].repeats)
        place = n - 1;
    if (place >= n)
        return;
    if (strcmp(operands[place].name, "ITEM") == 0)
        offer_items(answer, line->n_words > 3 ? line->words[3] : NULL);
    else if (strcmp(operands[place].name, "COMMAND") == 0)
        offer_commands(answer, line->n_words > 1 ? line->words[1] : NULL);
    else
        offer_for(answer, operands[place].name);
}

enum als_status als_cmd_complete(struct als_cli *cli, struct als_err *err)
{
    (void)err;
    struct answer answer = {.cli = cli, .prefix = ""};
    if (cli->args.n_operands)
        answer.prefix = cli->args.operands[cli->args.n_operands - 1];
    struct line line;
    struct als_given study = {0};
    read_line(cli, &line, &study);
    if (study.option) {
        cli->args.given = &study;
        cli->args.n_given = 1;
    }
    answer_line(&answer, &line);
    return ALS_OK;
}
