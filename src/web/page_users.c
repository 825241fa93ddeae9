/* Users: who they are and what they may; and one's own password. */
#include <string.h>

#include "alstrack/store/people.h"
#include "pages.h"
#include "view.h"
#include "write.h"

/* What a form about a user holds, as typed. */
struct user_form {
    const char *user, *full_name, *role, *sites, *password, *again, *reason;
    const char *was; /* what is_stale compares */
    bool disabled, is_new;
};

static void write_roles(struct als_html *page, const char *chosen)
{
    struct als_input_choice choices[ALS_ROLE_COUNT];
    for (size_t i = 0; i < ALS_ROLE_COUNT; i++) {
        const char *name = als_role_name((enum als_role)i);
        choices[i] = (struct als_input_choice){name, name, NULL};
    }
    als_input_select(page, &(struct als_input){.name = "role", .label = "Role", .value = chosen},
                     choices, ALS_ROLE_COUNT);
}

static void write_passwords(struct als_html *page)
{
    als_input_password(page, &(struct als_input){.name = "password",
                                                 .label = "Password",
                                                 .hint = "at least 10 characters",
                                                 .required = true,
                                                 .autocomplete = "new-password"});
    als_input_password(page, &(struct als_input){.name = "again",
                                                 .label = "Password again",
                                                 .required = true,
                                                 .autocomplete = "new-password"});
}

/* All that the form shows of a user, to notice that another admin has changed it meanwhile. */
static const char *state_of(struct als_arena *arena, const struct als_user *user)
{
    return als_arena_printf(arena, "%s; %s; %s; %s", user->full_name, als_role_name(user->role),
                            user->sites ? user->sites : "", user->disabled ? "disabled" : "");
}

static void write_form(struct als_html *page, const struct user_form *form)
{
    als_html_form(page,
                  form->is_new ? "/users"
                               : als_url(page->request->arena, "/users/{}", form->user, NULL),
                  "data-guard", "");
    if (form->is_new)
        als_input_text(page, &(struct als_input){.name = "user",
                                                 .label = "Login name",
                                                 .value = form->user,
                                                 .required = true});
    als_input_text(page, &(struct als_input){.name = "full_name",
                                             .label = "Full name",
                                             .hint = "printed with signatures",
                                             .value = form->full_name,
                                             .required = true});
    write_roles(page, form->role);
    als_input_text(page, &(struct als_input){.name = "sites",
                                             .label = "Sites",
                                             .hint = "codes with ; between; empty means all",
                                             .value = form->sites});
    if (form->is_new) {
        write_passwords(page);
    } else {
        als_input_hidden(page, "was", form->was);
        als_input_check(
            page, &(struct als_input){.name = "disabled", .label = "may not log in", .value = "1"},
            form->disabled);
        als_input_text(page, &(struct als_input){.name = "reason",
                                                 .label = "Reason",
                                                 .required = true,
                                                 .value = form->reason});
    }
    als_html_buttons(page);
    als_input_button(page, form->is_new ? "Add the user" : "Save", NULL, NULL);
    als_html_buttons_end(page);
    als_html_form_end(page);
}

static enum als_status write_list(struct als_html *page, struct als_err *err)
{
    struct als_user_list users;
    struct als_request *request = page->request;
    enum als_status status = als_user_load(request->store, request->arena, &users, err);
    if (status)
        return status;
    if (users.count == 0) {
        als_html_element(page, "p",
                         "This study has no users: whoever can open the file may do everything. "
                         "The first one must be an admin; from then on the study asks everybody "
                         "for a name and a password.",
                         NULL);
        return ALS_OK;
    }
    als_html_table(page, "Users", "User", "Full name", "Role", "Sites", "State");
    for (size_t i = 0; i < users.count; i++) {
        const struct als_user *user = &users.items[i];
        als_html_row(page);
        als_html_head(page, als_url(request->arena, "/users/{}", user->user, NULL), user->user);
        als_html_cell(page, user->full_name);
        als_html_cell(page, als_role_name(user->role));
        als_html_cell(page, user->sites ? user->sites : "all");
        als_html_cell(page, user->disabled ? "may not log in" : "may log in");
    }
    als_html_table_end(page);
    return ALS_OK;
}

static enum als_status show_users(struct als_request *request, struct als_response *response,
                                  const struct user_form *form, const struct als_html_error *error,
                                  struct als_err *err)
{
    struct als_html page;
    als_html_begin(&page, request, response, "Users");
    als_html_body(&page);
    als_html_errors(&page, error, error ? 1 : 0);
    enum als_status status = write_list(&page, err);
    if (status)
        return status;
    als_html_element(&page, "h2", "Add a user", NULL);
    write_form(&page, form);
    als_html_end(&page);
    return ALS_OK;
}

enum als_status als_page_users(struct als_request *request, struct als_response *response,
                               struct als_err *err)
{
    const struct user_form form = {
        .is_new = true, .role = als_store_has_users(request->store) ? "coordinator" : "admin"};
    return show_users(request, response, &form, NULL, err);
}

static struct user_form read_form(const struct als_request *request)
{
    return (struct user_form){.user = als_request_given(request, "user"),
                              .full_name = als_request_given(request, "full_name"),
                              .role = als_request_given(request, "role"),
                              .sites = als_request_given(request, "sites"),
                              .password = als_request_given(request, "password"),
                              .again = als_request_given(request, "again"),
                              .reason = als_request_given(request, "reason"),
                              .was = als_request_given(request, "was"),
                              .disabled = als_request_given(request, "disabled") != NULL};
}

/* What is wrong with the form before the store is asked; NULL if nothing. */
static const char *mistake(const struct user_form *form, const char **control)
{
    enum als_role role;
    *control = !form->user ? "user" : !form->full_name ? "full_name" : "role";
    if (!form->user)
        return "the login name is missing";
    if (!form->full_name)
        return "the full name is missing";
    if (!form->role || !als_role_parse(form->role, &role))
        return "choose a role";
    *control = "password";
    if (form->is_new && !form->password)
        return "the password is missing";
    *control = "again";
    if (form->is_new && (!form->again || strcmp(form->password, form->again) != 0))
        return "the passwords differ";
    return NULL;
}

static struct als_user to_user(const struct user_form *form)
{
    struct als_user user = {.user = form->user,
                            .full_name = form->full_name,
                            .sites = form->sites,
                            .disabled = form->disabled};
    (void)als_role_parse(form->role, &user.role);
    return user;
}

static struct user_form from_user(const struct als_request *request, const struct als_user *user)
{
    return (struct user_form){.user = user->user,
                              .full_name = user->full_name,
                              .role = als_role_name(user->role),
                              .sites = user->sites,
                              .was = state_of(request->arena, user),
                              .disabled = user->disabled};
}

static enum als_status add(struct als_request *request, void *context, struct als_err *err)
{
    const struct user_form *form = context;
    struct als_user user = to_user(form);
    return als_user_add(request->store, &user, form->password, err);
}

static bool is_form_error(enum als_status status)
{
    return status == ALS_DATA || status == ALS_USAGE;
}

enum als_status als_page_user_add(struct als_request *request, struct als_response *response,
                                  struct als_err *err)
{
    struct user_form form = read_form(request);
    int64_t change_id = 0;
    const char *control;
    form.is_new = true;
    const char *wrong = mistake(&form, &control);
    enum als_status status = wrong ? als_fail(err, ALS_DATA, "", "%s", wrong)
                                   : als_request_write(request, "web user add", form.reason, add,
                                                       &form, &change_id, err);
    if (is_form_error(status)) {
        const struct als_html_error error = {wrong ? control : NULL, err->text};
        response->status = 422;
        return show_users(request, response, &form, &error, err);
    }
    if (status)
        return status;
    als_request_flash_change(request, change_id);
    als_response_redirect(response, "/users");
    return ALS_OK;
}

/* ---- One user ---- */

static void show_user(struct als_request *request, struct als_response *response,
                      const struct user_form *form, const struct als_html_error *error)
{
    struct als_html page;
    als_html_begin(&page, request, response,
                   als_arena_printf(request->arena, "User %s", form->user));
    als_html_crumb(&page, "/users", "Users");
    als_html_body(&page);
    als_html_errors(&page, error, error ? 1 : 0);
    write_form(&page, form);
    als_html_element(&page, "h2", "A new password", NULL);
    als_html_element(&page, "p", "It ends the sessions of the user.", NULL);
    als_html_form(&page, als_url(request->arena, "/users/{}/password", form->user, NULL), NULL);
    write_passwords(&page);
    als_html_buttons(&page);
    als_input_button(&page, "Set the password", NULL, NULL);
    als_html_buttons_end(&page);
    als_html_form_end(&page);
    als_html_end(&page);
}

enum als_status als_page_user(struct als_request *request, struct als_response *response,
                              struct als_err *err)
{
    struct als_user user;
    enum als_status status =
        als_user_get(request->store, als_request_part(request, "user"), request->arena, &user, err);
    if (status)
        return status;
    const struct user_form form = from_user(request, &user);
    show_user(request, response, &form, NULL);
    return ALS_OK;
}

/* A form that is older than what another admin has stored would put back the old role and state:
 * it shows what is stored now instead. */
static enum als_status edit(struct als_request *request, void *context, struct als_err *err)
{
    struct user_form *form = context;
    struct als_user stored, user = to_user(form);
    enum als_status status = als_user_get(request->store, user.user, request->arena, &stored, err);
    if (!status && form->was && strcmp(form->was, state_of(request->arena, &stored)) != 0) {
        const char *reason = form->reason;
        *form = from_user(request, &stored);
        form->reason = reason;
        return als_fail(err, ALS_DATA, "E-CHANGED-MEANWHILE",
                        "%s was changed by another admin after you opened the form, and nothing of "
                        "yours is stored: this is how it is now",
                        stored.user);
    }
    return status ? status : als_user_edit(request->store, &user, NULL, err);
}

enum als_status als_page_user_edit(struct als_request *request, struct als_response *response,
                                   struct als_err *err)
{
    struct user_form form = read_form(request);
    int64_t change_id = 0;
    const char *control;
    form.user = als_request_part(request, "user");
    const char *wrong = mistake(&form, &control);
    enum als_status status = wrong ? als_fail(err, ALS_DATA, "", "%s", wrong)
                                   : als_request_write(request, "web user edit", form.reason, edit,
                                                       &form, &change_id, err);
    if (is_form_error(status)) {
        const bool no_reason = strcmp(err->code, "E-CONFLICT") == 0;
        const struct als_html_error error = {wrong       ? control
                                             : no_reason ? "reason"
                                                         : NULL,
                                             err->text};
        show_user(request, response, &form, &error);
        response->status = strcmp(err->code, "E-CHANGED-MEANWHILE") == 0 ? 409 : 422;
        return ALS_OK;
    }
    if (status)
        return status;
    als_request_flash_change(request, change_id);
    als_response_redirect(response, "/users");
    return ALS_OK;
}

/* ---- Passwords ---- */

struct new_password {
    const char *user, *password;
};

static enum als_status set_password(struct als_request *request, void *context, struct als_err *err)
{
    const struct new_password *wanted = context;
    return als_user_set_password(request->store, wanted->user, wanted->password, err);
}

static enum als_status take_password(struct als_request *request, const char *user,
                                     struct als_err *err)
{
    const struct user_form form = read_form(request);
    struct new_password wanted = {user, form.password};
    if (!form.password)
        return als_fail(err, ALS_DATA, "", "the password is missing");
    if (!form.again || strcmp(form.password, form.again) != 0)
        return als_fail(err, ALS_DATA, "", "the passwords differ");
    return als_request_write(request, "web user passwd", NULL, set_password, &wanted, NULL, err);
}

enum als_status als_page_user_password(struct als_request *request, struct als_response *response,
                                       struct als_err *err)
{
    const char *user = als_request_part(request, "user");
    enum als_status status = take_password(request, user, err);
    if (is_form_error(status)) {
        als_request_flash(request, ALS_FLASH_ERROR, "%s", err->text);
        als_response_redirect(response, als_url(request->arena, "/users/{}", user, NULL));
        return ALS_OK;
    }
    if (status)
        return status;
    als_request_flash(request, ALS_FLASH_DONE, "The password of %s is set.", user);
    als_response_redirect(response, "/users");
    return ALS_OK;
}

static void show_account(struct als_request *request, struct als_response *response,
                         const struct als_html_error *error)
{
    struct als_html page;
    const struct als_user *actor = als_store_actor(request->store);
    als_html_begin(&page, request, response, "Your account");
    als_html_body(&page);
    als_html_errors(&page, error, error ? 1 : 0);
    if (!actor) {
        als_html_element(&page, "p", "This study has no users, so there is no account to keep.",
                         NULL);
        als_html_end(&page);
        return;
    }
    als_html_open(&page, "p", NULL);
    als_html_printf(&page, "%s, %s, sites: %s.", actor->full_name, als_role_name(actor->role),
                    actor->sites ? actor->sites : "all");
    als_html_close(&page, "p");
    als_html_element(&page, "h2", "A new password", NULL);
    als_html_element(&page, "p", "It ends your sessions: you will be asked to log in again.", NULL);
    als_html_form(&page, "/account", NULL);
    als_input_password(&page, &(struct als_input){.name = "current",
                                                  .label = "Password of today",
                                                  .required = true,
                                                  .autocomplete = "current-password"});
    write_passwords(&page);
    als_html_buttons(&page);
    als_input_button(&page, "Set the password", NULL, NULL);
    als_html_buttons_end(&page);
    als_html_form_end(&page);
    als_html_end(&page);
}

enum als_status als_page_account(struct als_request *request, struct als_response *response,
                                 struct als_err *err)
{
    (void)err;
    show_account(request, response, NULL);
    return ALS_OK;
}

enum als_status als_page_account_password(struct als_request *request,
                                          struct als_response *response, struct als_err *err)
{
    const struct als_user *actor = als_store_actor(request->store);
    const char *current = als_request_given(request, "current");
    struct als_user found;
    if (!actor)
        return als_fail(err, ALS_USAGE, "E-NO-USERS", "this study has no users");
    const char *user = als_arena_strdup(request->arena, actor->user);
    enum als_status status =
        als_user_check(request->store, user, current ? current : "", request->arena, &found, err);
    const bool wrong = status != ALS_OK;
    if (!wrong)
        status = take_password(request, user, err);
    if (status == ALS_NOT_PERMITTED || is_form_error(status)) {
        const struct als_html_error error = {wrong ? "current" : "password", err->text};
        response->status = 422;
        show_account(request, response, &error);
        return ALS_OK;
    }
    if (!status)
        als_response_redirect(response, "/login");
    return status;
}
