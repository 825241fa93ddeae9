/* People: login, user, lock, unlock, sign. */
#include "command_table.h"
#include "commands.h"

#define PASSWORD_FILE                                                                              \
    {                                                                                              \
        .name = "password-file", .value = "FILE",                                                  \
        .help = "its first line is the password; - is standard input"                              \
    }
#define NEW_PASSWORD_FILE                                                                          \
    {                                                                                              \
        .name = "new-password-file", .value = "FILE",                                              \
        .help = "its first line is the password to be set (else asked for)"                        \
    }
#define ROLE                                                                                       \
    {                                                                                              \
        .name = "role", .value = "admin|data-manager|coordinator|monitor|statistician|read-only",  \
        .help = "what the user may do"                                                             \
    }
#define SITE                                                                                       \
    {                                                                                              \
        .name = "site", .value = "SITE",                                                           \
        .help = "a site whose patients the user sees; '' or none: all", .repeats = true            \
    }
#define FULL_NAME                                                                                  \
    {                                                                                              \
        .name = "full-name", .value = "TEXT", .help = "as printed with signatures"                 \
    }
#define WHY                                                                                        \
    {                                                                                              \
        .name = "reason", .value = "TEXT", .help = "why (required)"                                \
    }
#define YES                                                                                        \
    {                                                                                              \
        .name = "yes", .help = "do not ask for the study's code"                                   \
    }
#define MEANING                                                                                    \
    {                                                                                              \
        .name = "meaning", .value = "TEXT", .help = "what the signature says (required)"           \
    }

#define LOCKING                                                                                    \
    .group = ALS_GROUP_PEOPLE, .flags = WRITES | ALS_CMD_USERS, .act = ALS_ACT_LOCK,               \
    .run = als_cmd_lock
#define UNLOCKING                                                                                  \
    .group = ALS_GROUP_PEOPLE, .flags = WRITES | ALS_CMD_USERS, .act = ALS_ACT_LOCK,               \
    .run = als_cmd_unlock
#define SIGNING                                                                                    \
    .group = ALS_GROUP_PEOPLE, .flags = WRITES | ALS_CMD_USERS, .act = ALS_ACT_SIGN,               \
    .run = als_cmd_sign

static const struct als_command commands[] = {
    {.noun = "login",
     .summary = "say who you are, for the commands that follow",
     .operands = "",
     .details =
         "Only in a study with users. The password is asked for without echo. A token for this "
         "study, not the password, is kept in a file that only you can read, in "
         "$XDG_RUNTIME_DIR/alstrack or ~/.config/alstrack, until 'alstrack logout', after 30 "
         "minutes without use or 12 hours. Without a session every command takes --user and "
         "--password-file, or asks. After five failures in a row an attempt must wait, longer "
         "each time.",
     .options = {{.name = "user", .value = "NAME", .help = "else ALSTRACK_USER, login name"},
                 PASSWORD_FILE},
     .examples = {{"alstrack login --user root --password-file password.txt", "in a script"}},
     .exits = {ALS_DATA, ALS_NO_INPUT, ALS_CANNOT_CREATE, ALS_BUSY, ALS_NOT_PERMITTED},
     .group = ALS_GROUP_PEOPLE,
     .flags = ALS_CMD_MAY_STUDY | ALS_CMD_USERS,
     .act = ALS_ACT_FREE,
     .run = als_cmd_login},
    {.noun = "logout",
     .summary = "end the session of this study",
     .operands = "",
     .examples = {{"alstrack logout", "the token is worth nothing from then on"}},
     .exits = {ALS_DATA, ALS_NO_INPUT, ALS_IO, ALS_BUSY, ALS_NOT_PERMITTED},
     .group = ALS_GROUP_PEOPLE,
     .flags = ALS_CMD_MAY_STUDY | ALS_CMD_USERS,
     .act = ALS_ACT_FREE,
     .run = als_cmd_logout},

    {.noun = "user",
     .verb = "add",
     .summary = "enter a user; the first must be an admin",
     .operands = "NAME",
     .details =
         "From the first user on, the study asks everybody who they are. admin: everything. "
         "data-manager: everything but users. coordinator: enter and correct, answer queries, "
         "sign, at the own sites. monitor: see, open and close queries, sign. statistician: see, "
         "analyse, export. read-only: see. A user of some sites finds nothing of the patients of "
         "others. A password has at least 10 characters; it never stands on a command line.",
     .options = {ROLE, FULL_NAME, SITE, NEW_PASSWORD_FILE},
     .examples = {{"alstrack user add anna --role admin --full-name 'Anna Nova' "
                   "--new-password-file password.txt",
                   "the first, or one more"},
                  {"alstrack user add cyril --role coordinator --site PRG --full-name 'Cyril Dub' "
                   "--new-password-file password.txt",
                   "of one site"}},
     .group = ALS_GROUP_PEOPLE,
     .flags = WRITES | ALS_CMD_USERS,
     .act = ALS_ACT_USERS,
     .run = als_cmd_user_add},
    {.noun = "user",
     .verb = "edit",
     .summary = "change a user's role, sites or full name",
     .operands = "NAME",
     .details = "Ends the user's sessions.",
     .options = {ROLE, FULL_NAME, SITE, WHY},
     .examples = {{"alstrack user edit mona --site PRG --reason 'monitors one site now'",
                   "other sites are out of sight from then on"}},
     .group = ALS_GROUP_PEOPLE,
     .flags = WRITES | ALS_CMD_USERS,
     .act = ALS_ACT_USERS,
     .run = als_cmd_user_edit},
    {.noun = "user",
     .verb = "list",
     .summary = "list the users",
     .operands = "",
     .examples = {{"alstrack user list", "with roles and sites"}},
     .group = ALS_GROUP_PEOPLE,
     .flags = STUDY | TABLE | ALS_CMD_USERS,
     .act = ALS_ACT_USERS,
     .run = als_cmd_user_list},
    {.noun = "user",
     .verb = "passwd",
     .summary = "set a password: the own, or as an admin anybody's",
     .operands = "[NAME]",
     .details = "Ends the user's sessions.",
     .options = {NEW_PASSWORD_FILE},
     .examples = {{"alstrack user passwd --new-password-file password.txt", "the own"},
                  {"alstrack user passwd cora --new-password-file password.txt",
                   "of somebody who forgot it"}},
     .group = ALS_GROUP_PEOPLE,
     .flags = WRITES | ALS_CMD_USERS,
     .act = ALS_ACT_OWN,
     .run = als_cmd_user_passwd},
    {.noun = "user",
     .verb = "disable",
     .summary = "keep a user out; what was done stays under the name",
     .operands = "NAME",
     .options = {WHY},
     .examples = {{"alstrack user disable cora --reason 'has left'", "ends the sessions too"}},
     .group = ALS_GROUP_PEOPLE,
     .flags = WRITES | ALS_CMD_USERS,
     .act = ALS_ACT_USERS,
     .run = als_cmd_user_disable},
    {.noun = "user",
     .verb = "enable",
     .summary = "let a disabled user in again",
     .operands = "NAME",
     .options = {WHY},
     .examples = {{"alstrack user enable cora --reason 'is back'", "with the old password"}},
     .group = ALS_GROUP_PEOPLE,
     .flags = WRITES | ALS_CMD_USERS,
     .act = ALS_ACT_USERS,
     .run = als_cmd_user_enable},

    {.noun = "lock",
     .verb = "visit",
     .summary = "let nothing of a visit be written any more",
     .operands = "PATIENT VISIT",
     .details = "Every write into a locked visit, patient or study is refused, saying who locked "
                "it when; an import names the row. Queries, signatures and users are not held.",
     .examples = {{"alstrack lock visit P01 SCR", "after it was verified"}},
     LOCKING},
    {.noun = "lock",
     .verb = "patient",
     .summary = "let nothing of a patient be written any more",
     .operands = "PATIENT",
     .examples = {{"alstrack lock patient P03", "whose follow-up has ended"}},
     LOCKING},
    {.noun = "lock",
     .verb = "study",
     .summary = "let nothing be written any more, definitions included",
     .operands = "",
     .options = {YES},
     .examples = {{"alstrack lock study --yes", "for the analysis"}},
     LOCKING},
    {.noun = "lock",
     .verb = "list",
     .summary = "list what is locked, by whom and since when",
     .operands = "[PATIENT]",
     .examples = {{"alstrack lock list", "all locks"}},
     .group = ALS_GROUP_PEOPLE,
     .flags = STUDY | TABLE,
     .act = ALS_ACT_SEE,
     .run = als_cmd_lock_list},
    {.noun = "unlock",
     .verb = "visit",
     .summary = "take the lock off a visit",
     .operands = "PATIENT VISIT",
     .options = {WHY},
     .examples = {{"alstrack lock visit P01 SCR && alstrack unlock visit P01 SCR --reason "
                   "'query 3'",
                   "the trail keeps when it was on"}},
     UNLOCKING},
    {.noun = "unlock",
     .verb = "patient",
     .summary = "take the lock off a patient",
     .operands = "PATIENT",
     .options = {WHY},
     .examples = {{"alstrack lock patient P03 && alstrack unlock patient P03 --reason 'query 4'",
                   "locks of visits stay"}},
     UNLOCKING},
    {.noun = "unlock",
     .verb = "study",
     .summary = "take the lock off the study",
     .operands = "",
     .options = {WHY, YES},
     .examples = {{"alstrack lock study --yes && alstrack unlock study --yes --reason 'query 5'",
                   "locks of patients and visits stay"}},
     UNLOCKING},

    {.noun = "sign",
     .verb = "visit",
     .summary = "sign a visit electronically",
     .operands = "PATIENT VISIT",
     .details =
         "Asks for the password again. Kept are user, full name, time, meaning and a digest of "
         "what was signed; any later change shows in 'sign list' as invalid.",
     .options = {MEANING},
     .examples = {{"alstrack sign visit P01 SCR --meaning 'reviewed' --password-file password.txt",
                   "in a script"}},
     SIGNING},
    {.noun = "sign",
     .verb = "patient",
     .summary = "sign all of a patient electronically",
     .operands = "PATIENT",
     .options = {MEANING},
     .examples = {{"alstrack sign patient P03 --meaning 'complete and correct' "
                   "--password-file password.txt",
                   "registration, events and all visits"}},
     SIGNING},
    {.noun = "sign",
     .verb = "study",
     .summary = "sign the whole study electronically",
     .operands = "",
     .options = {MEANING},
     .examples = {{"alstrack sign study --meaning 'final' --password-file password.txt",
                   "all patients"}},
     SIGNING},
    {.noun = "sign",
     .verb = "list",
     .summary = "list signatures, and whether what they are under is unchanged",
     .operands = "[PATIENT]",
     .examples = {{"alstrack sign list", "valid, or invalid since which change"}},
     .group = ALS_GROUP_PEOPLE,
     .flags = STUDY | TABLE | ALS_CMD_USERS,
     .act = ALS_ACT_SEE,
     .run = als_cmd_sign_list},
};

const struct als_command_section als_commands_people = {commands,
                                                        sizeof commands / sizeof *commands};
