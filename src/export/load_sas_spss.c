/* load.sas and load.sps: the same for programs with short names and fixed widths. */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "describe.h"
#include "field.h"

#define SAS_NAME  32
#define SPSS_NAME 64

/* Names as such a program takes them: letters, digits, underscore, limited length, unique whatever
 * the case. */
struct names {
    char (*items)[SPSS_NAME + 1];
    size_t count;
};

static bool is_taken(const struct names *names, const char *name)
{
    static const char *const reserved[] = {"all", "and", "by", "eq",  "ge", "gt",  "le",
                                           "lt",  "ne",  "or", "not", "to", "with"};
    for (size_t i = 0; i < sizeof reserved / sizeof reserved[0]; i++)
        if (strcasecmp(reserved[i], name) == 0)
            return true;
    for (size_t i = 0; i < names->count; i++)
        if (strcasecmp(names->items[i], name) == 0)
            return true;
    return false;
}

static const char *add_name(struct names *names, const char *original, size_t limit)
{
    char *name = names->items[names->count];
    size_t n = 0;
    if (!isalpha((unsigned char)original[0]))
        name[n++] = '_';
    for (const char *c = original; *c && n < limit; c++)
        name[n++] = isalnum((unsigned char)*c) ? *c : '_';
    name[n] = '\0';
    for (unsigned suffix = 2; is_taken(names, name); suffix++) {
        char tail[12];
        size_t length = (size_t)snprintf(tail, sizeof tail, "_%u", suffix);
        size_t keep = n + length > limit ? limit - length : n;
        memcpy(name + keep, tail, length + 1);
    }
    names->count++;
    return name;
}

static struct names new_names(const struct als_dataset *dataset)
{
    return (struct names){.items = als_alloc_array(dataset->n_fields, SPSS_NAME + 1)};
}

/* A text between quotes, the quote doubled and line ends as blanks. */
static void put_quoted(struct als_buf *out, const char *text)
{
    als_buf_char(out, '"');
    for (; *text; text++) {
        if (*text == '"')
            als_buf_char(out, '"');
        als_buf_char(out, *text == '\n' || *text == '\r' ? ' ' : *text);
    }
    als_buf_char(out, '"');
}

static bool is_character(const struct als_field *field)
{
    return field->type == ALS_FIELD_TEXT || field->type == ALS_FIELD_PARTIAL ||
           field->type == ALS_FIELD_YESNO;
}

static size_t text_width(const struct als_field *field)
{
    return field->widest ? field->widest : 1;
}

static void put_dataset_name(struct als_buf *out, const struct als_dataset *dataset)
{
    size_t n = strlen(dataset->file) - strlen(".csv");
    for (size_t i = 0; i < n && i < SAS_NAME; i++)
        als_buf_char(out, isalnum((unsigned char)dataset->file[i]) ? dataset->file[i] : '_');
}

static void describe_sas(const struct als_dataset *dataset, bool bom, struct als_buf *out)
{
    struct names names = new_names(dataset);
    als_buf_text(out, "data ");
    put_dataset_name(out, dataset);
    als_buf_printf(out,
                   ";\n  infile \"&folder/%s\" dsd dlm=',' firstobs=2 truncover termstr=lf "
                   "lrecl=1048576%s;\n",
                   dataset->file, bom ? " bom" : "");
    for (size_t i = 0; i < dataset->n_fields; i++) {
        const struct als_field *field = &dataset->fields[i];
        const char *name = add_name(&names, field->name, SAS_NAME);
        if (is_character(field))
            als_buf_printf(out, "  length %s $%zu;\n", name, text_width(field));
        else
            als_buf_printf(out, "  length %s 8;\n", name);
        if (field->type == ALS_FIELD_DATE)
            als_buf_printf(out, "  informat %s yymmdd10.; format %s yymmdd10.;\n", name, name);
    }
    als_buf_text(out, "  input");
    for (size_t i = 0; i < dataset->n_fields; i++)
        als_buf_printf(out, "\n    %s%s", names.items[i],
                       is_character(&dataset->fields[i]) ? " $" : "");
    als_buf_text(out, ";\n");
    for (size_t i = 0; i < dataset->n_fields; i++) {
        als_buf_printf(out, "  label %s = ", names.items[i]);
        put_quoted(out, dataset->fields[i].label);
        als_buf_text(out, ";\n");
    }
    als_buf_text(out, "run;\n\n");
    free(names.items);
}

void als_describe_sas(const struct als_datasets *sets, struct als_buf *out)
{
    als_buf_text(out,
                 "/* Reads every file with its declared types. Set the folder, then run.\n"
                 "   Run SAS with -encoding utf-8. Partial dates and yes-no (Y, N) are text.\n"
                 "   A dot in a column name became an underscore. Line ends inside a text are\n"
                 "   not supported by a data step. */\n"
                 "%let folder = .;\n\n");
    for (size_t i = 0; i < sets->count; i++)
        describe_sas(sets->items[i], sets->bom, out);
}

static void put_value_labels(const struct als_field *field, const char *name, struct als_buf *out)
{
    if (field->n_codes == 0)
        return;
    als_buf_printf(out, "VALUE LABELS %s", name);
    for (size_t i = 0; i < field->n_codes; i++) {
        als_buf_text(out, "\n  ");
        if (is_character(field))
            put_quoted(out, field->codes[i].code);
        else
            als_buf_text(out, field->codes[i].code);
        als_buf_char(out, ' ');
        put_quoted(out, field->codes[i].label);
    }
    als_buf_text(out, ".\n");
}

static void describe_spss(const struct als_dataset *dataset, struct als_buf *out)
{
    struct names names = new_names(dataset);
    als_buf_printf(out,
                   "GET DATA /TYPE=TXT /FILE=\"%s\" /ENCODING='UTF8' /ARRANGEMENT=DELIMITED\n"
                   "  /DELCASE=LINE /DELIMITERS=\",\" /QUALIFIER='\"' /FIRSTCASE=2 /VARIABLES=",
                   dataset->file);
    for (size_t i = 0; i < dataset->n_fields; i++) {
        const struct als_field *field = &dataset->fields[i];
        als_buf_printf(out, "\n  %s ", add_name(&names, field->name, SPSS_NAME));
        if (is_character(field))
            als_buf_printf(out, "A%zu", text_width(field));
        else if (field->type == ALS_FIELD_DATE)
            als_buf_text(out, "SDATE10");
        else
            als_buf_text(out, field->type == ALS_FIELD_INTEGER ? "F12.0" : "F24.12");
    }
    als_buf_text(out, ".\nDATASET NAME ");
    put_dataset_name(out, dataset);
    als_buf_text(out, ".\n");
    for (size_t i = 0; i < dataset->n_fields; i++) {
        als_buf_printf(out, "VARIABLE LABELS %s ", names.items[i]);
        put_quoted(out, dataset->fields[i].label);
        als_buf_text(out, ".\n");
        put_value_labels(&dataset->fields[i], names.items[i], out);
    }
    als_buf_text(out, "EXECUTE.\n\n");
    free(names.items);
}

void als_describe_spss(const struct als_datasets *sets, struct als_buf *out)
{
    als_buf_text(out,
                 "* Encoding: UTF-8.\n"
                 "* Reads every file with its declared types. Run it in the folder of the files\n"
                 "  (CD first). Partial dates and yes-no (Y, N) are text; a dot in a column name\n"
                 "  became an underscore.\n\n");
    for (size_t i = 0; i < sets->count; i++)
        describe_spss(sets->items[i], out);
}
