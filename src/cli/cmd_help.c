/* `help`. */
#include "commands.h"
#include "context.h"
#include "help.h"

enum als_status als_cmd_help(struct als_cli *cli, struct als_err *err)
{
    const char *noun = als_args_operand(&cli->args, 0), *verb = als_args_operand(&cli->args, 1);
    if (!noun) {
        als_help_program(stdout);
        return ALS_OK;
    }
    /* The same words as a command line give the same answer to a name that does not exist. */
    char *line[] = {(char[]){"alstrack"}, (char *)(uintptr_t)noun,
                    verb ? (char *)(uintptr_t)verb : (char[]){"--help"}, (char[]){"--help"}};
    struct als_args args;
    enum als_status status = als_args_parse(cli->arena, 4, line, &args, err);
    if (status)
        return status;
    if (args.command)
        als_help_command(stdout, args.command);
    else
        als_help_noun(stdout, args.noun);
    return ALS_OK;
}
