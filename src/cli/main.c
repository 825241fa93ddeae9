/* The program. */
#include "alstrack/cli/cli.h"

int main(int argc, char **argv)
{
    return als_cli_main(argc, argv);
}
