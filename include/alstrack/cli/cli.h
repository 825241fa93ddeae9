/*
 * The program as a function: one command line in, one exit code out. Everything a command does is
 * below in src/cli; main.c only calls this, so that tests can too.
 */
#ifndef ALSTRACK_CLI_CLI_H
#define ALSTRACK_CLI_CLI_H

/* Returns the exit code: enum als_status. argv[0] is not looked at. */
int als_cli_main(int argc, char *const *argv);

#endif
