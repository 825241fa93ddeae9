/* `serve`: the web page. */
#include "commands.h"
#include "context.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "alstrack/web/web.h"

#ifndef ALS_VERSION
#error "the build says which version this is"
#endif

/* The desktop's way to open an address; without one the printed address has to do. */
static void open_browser(const char *url)
{
    pid_t child = fork();
    if (child != 0)
        return;
    if (fork() == 0) { /* not our child, so that nobody has to wait for it */
        execlp("xdg-open", "xdg-open", url, (char *)NULL);
        _exit(ALS_UNAVAILABLE);
    }
    _exit(0);
}

static void ready(const char *url, bool first, void *context)
{
    const struct als_cli *cli = context;
    if (first)
        fprintf(stderr, "serving %s\n", als_cli_study_path(cli));
    fprintf(stderr, "open %s\n", url);
    if (first)
        fputs("end with Ctrl+C\n", stderr);
    if (first && als_args_flag(&cli->args, "open"))
        open_browser(url);
}

static enum als_status read_options(struct als_cli *cli, struct als_web_config *config,
                                    struct als_err *err)
{
    const struct als_args *args = &cli->args;
    const char *port = als_args_text(args, "port"), *host;
    size_t position = 0;
    const char **hosts = als_arena_array(cli->arena, args->n_given + 1, sizeof *hosts);
    while ((host = als_args_next(args, "host", &position)))
        hosts[config->n_hosts++] = host;
    config->hosts = hosts;
    config->listen = als_args_text(args, "listen");
    config->tls_cert = als_args_text(args, "tls-cert");
    config->tls_key = als_args_text(args, "tls-key");
    config->proxy = als_args_flag(args, "proxy");
    if (als_args_text(args, "as-of")) {
        enum als_status status = als_cli_today(cli, &config->as_of_day, err);
        if (status)
            return status;
    }
    return port ? als_cli_integer(port, "--port", &config->port, err) : ALS_OK;
}

enum als_status als_cmd_serve(struct als_cli *cli, struct als_err *err)
{
    struct als_web_config config = {.study = als_cli_study_path(cli),
                                    .version = ALS_VERSION,
                                    .as_of_day = ALS_NO_DAY,
                                    .ready = ready,
                                    .context = cli};
    if (!config.study)
        return als_cli_open(cli, ALS_STORE_WRITE, err); /* says that none was named */
    enum als_status status = als_cli_fill_change(cli, err);
    if (!status)
        status = read_options(cli, &config, err);
    config.user = cli->change.user;
    return status ? status : als_web_serve(&config, err);
}
