/* `user add|edit|list|passwd|disable|enable`. */
#include <string.h>

#include "commands.h"
#include "login.h"
#include "password.h"

static const char *name_of(const struct als_cli *cli)
{
    return als_args_operand(&cli->args, 0);
}

/* Sites of --site, joined; NULL for none. *given: was any? An empty one alone means all. */
static const char *sites_of(struct als_cli *cli, bool *was_given)
{
    const char *sites = NULL, *site;
    size_t position = 0;
    *was_given = false;
    while ((site = als_args_next(&cli->args, "site", &position))) {
        *was_given = true;
        if (*site)
            sites = sites ? als_arena_printf(cli->arena, "%s;%s", sites, site) : site;
    }
    return sites;
}

static void take_role(const struct als_cli *cli, struct als_user *user)
{
    const char *role = als_args_text(&cli->args, "role");
    if (role && !als_role_parse(role, &user->role))
        als_bug("role %s", role);
}

enum als_status als_cmd_user_add(struct als_cli *cli, struct als_err *err)
{
    char password[ALS_PASSWORD_ROOM];
    bool ignored;
    struct als_user user = {.user = name_of(cli),
                            .full_name = als_args_text(&cli->args, "full-name"),
                            .sites = sites_of(cli, &ignored)};
    const bool first = !als_store_has_users(cli->store);
    if (!als_args_text(&cli->args, "role"))
        return als_fail(err, ALS_USAGE, "E-OPTION", "--role is missing");
    if (!user.full_name)
        return als_fail(err, ALS_USAGE, "E-OPTION",
                        "--full-name is missing: it is printed with signatures");
    take_role(cli, &user);
    enum als_status status = als_password_new(cli, user.user, password, err);
    if (!status)
        status = als_cli_begin(cli, err);
    if (!status)
        status = als_cli_end(cli, als_user_add(cli->store, &user, password, err), err);
    als_password_wipe(password);
    if (!status && first && !als_args_flag(&cli->args, "dry-run"))
        fputs("from now on the study asks who you are: alstrack login\n", stderr);
    return status;
}

/* One change of a stored user. */
static enum als_status change(struct als_cli *cli, const struct als_user *user, struct als_err *err)
{
    enum als_status status = als_cli_begin(cli, err);
    return status ? status : als_cli_end(cli, als_user_edit(cli->store, user, NULL, err), err);
}

enum als_status als_cmd_user_edit(struct als_cli *cli, struct als_err *err)
{
    struct als_user user;
    bool sites_given;
    enum als_status status = als_user_get(cli->store, name_of(cli), cli->arena, &user, err);
    if (status)
        return status;
    const char *full_name = als_args_text(&cli->args, "full-name");
    const char *sites = sites_of(cli, &sites_given);
    if (!full_name && !sites_given && !als_args_text(&cli->args, "role"))
        return als_fail(err, ALS_USAGE, "E-OPTION",
                        "nothing to change: --role, --site or --full-name is missing");
    user.full_name = full_name ? full_name : user.full_name;
    user.sites = sites_given ? sites : user.sites;
    take_role(cli, &user);
    return change(cli, &user, err);
}

static enum als_status set_disabled(struct als_cli *cli, bool disabled, struct als_err *err)
{
    struct als_user user;
    enum als_status status = als_user_get(cli->store, name_of(cli), cli->arena, &user, err);
    if (status)
        return status;
    user.disabled = disabled;
    return change(cli, &user, err);
}

enum als_status als_cmd_user_disable(struct als_cli *cli, struct als_err *err)
{
    return set_disabled(cli, true, err);
}

enum als_status als_cmd_user_enable(struct als_cli *cli, struct als_err *err)
{
    return set_disabled(cli, false, err);
}

enum als_status als_cmd_user_passwd(struct als_cli *cli, struct als_err *err)
{
    char password[ALS_PASSWORD_ROOM];
    const struct als_user *actor = als_store_actor(cli->store);
    const char *name = name_of(cli);
    if (!name && actor)
        name = actor->user;
    if (!name)
        return als_fail(err, ALS_USAGE, "E-OPERAND", "NAME is missing");
    enum als_status status = als_password_new(cli, name, password, err);
    if (!status)
        status = als_cli_begin(cli, err);
    if (!status)
        status = als_cli_end(cli, als_user_set_password(cli->store, name, password, err), err);
    als_password_wipe(password);
    return status;
}

enum als_status als_cmd_user_list(struct als_cli *cli, struct als_err *err)
{
    static const struct als_table_column columns[] = {
        {.name = "user", .type = ALS_CELL_TEXT},     {.name = "full_name", .type = ALS_CELL_TEXT},
        {.name = "role", .type = ALS_CELL_TEXT},     {.name = "sites", .type = ALS_CELL_TEXT},
        {.name = "enabled", .type = ALS_CELL_YESNO},
    };
    struct als_user_list users;
    enum als_status status = als_user_load(cli->store, cli->arena, &users, err);
    if (status)
        return status;
    struct als_table *table = als_table_new(columns, sizeof columns / sizeof columns[0]);
    for (size_t i = 0; i < users.count; i++) {
        const struct als_user *user = &users.items[i];
        als_table_text(table, user->user);
        als_table_text(table, user->full_name);
        als_table_text(table, als_role_name(user->role));
        als_table_text(table, user->sites ? user->sites : "all");
        als_table_yesno(table, !user->disabled);
    }
    return als_cli_emit(cli, table, err);
}
