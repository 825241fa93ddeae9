/* CSV files of the reference folder, the table of differences, and the order of checks. */
#include "reference.h"

#include <stdarg.h>

const char *reference_folder;

/* ---------------------------------------------------------------- files */

static char *read_all(const char *path)
{
    FILE *file = fopen(path, "rb");
    if (!file) {
        fprintf(stderr, "cannot read %s\n", path);
        exit(1);
    }
    fseek(file, 0, SEEK_END);
    size_t size = (size_t)ftell(file);
    rewind(file);
    char *text = calloc(size + 2, 1);
    if (fread(text, 1, size, file) != size)
        exit(1);
    fclose(file);
    return text;
}

/* The files have no quoted cells. */
struct csv csv_read(const char *part, const char *name)
{
    char path[512];
    snprintf(path, sizeof path, "%s/%s/%s.csv", reference_folder, part, name);
    struct csv csv = {.columns = 1, .text = read_all(path)};
    size_t cells = 0, lines = 0;
    for (const char *c = csv.text; *c && *c != '\n'; c++)
        csv.columns += *c == ',';
    for (const char *c = csv.text; *c; c++)
        lines += *c == '\n' || !c[1];
    csv.cells = calloc(lines * csv.columns + 1, sizeof *csv.cells);
    char *at = csv.text;
    while (*at && cells < lines * csv.columns) {
        csv.cells[cells++] = at;
        at += strcspn(at, ",\n\r");
        while (*at == '\r')
            *at++ = '\0';
        if (*at)
            *at++ = '\0';
    }
    csv.n = cells / csv.columns - 1;
    return csv;
}

void csv_free(struct csv *csv)
{
    free(csv->cells);
    free(csv->text);
}

const char *csv_text(const struct csv *csv, size_t row, const char *column)
{
    for (size_t i = 0; i < csv->columns; i++)
        if (strcmp(csv->cells[i], column) == 0)
            return csv->cells[(row + 1) * csv->columns + i];
    fprintf(stderr, "there is no column %s\n", column);
    exit(1);
}

double csv_number(const struct csv *csv, size_t row, const char *column)
{
    const char *text = csv_text(csv, row, column);
    return *text == '\0' || *text == 'N' ? NAN : strtod(text, NULL);
}

bool csv_is(const struct csv *csv, size_t row, const char *column, const char *value)
{
    return strcmp(csv_text(csv, row, column), value) == 0;
}

static double factor_value(const char *factor, const struct csv *data, size_t row)
{
    static const char *const factors[] = {"group", "visit", "sex", "race"};
    if (strcmp(factor, "(Intercept)") == 0)
        return 1;
    if (strcmp(factor, "time") == 0)
        return csv_number(data, row, "time");
    for (size_t i = 0; i < sizeof factors / sizeof factors[0]; i++) {
        size_t length = strlen(factors[i]);
        if (strncmp(factor, factors[i], length) != 0)
            continue;
        const char *column = factors[i];
        for (size_t k = 0; strcmp(column, "visit") == 0 && k < data->columns; k++)
            if (strcmp(data->cells[k], "time") == 0)
                column = "time";
        return csv_is(data, row, column, factor + length);
    }
    fprintf(stderr, "there is no factor %s\n", factor);
    exit(1);
}

double term_value(const char *term, const struct csv *data, size_t row)
{
    char text[128];
    double product = 1;
    snprintf(text, sizeof text, "%s", term);
    for (char *at = text; at;) {
        char *colon = strchr(at, ':');
        if (colon)
            *colon++ = '\0';
        product *= factor_value(at, data, row);
        at = colon;
    }
    return product;
}

/* ---------------------------------------------------------------- comparison */

enum { MOST_QUANTITIES = 100 };
static struct {
    const char *name;
    size_t compared, failed;
    double largest, limit;
} quantities[MOST_QUANTITIES];
static size_t n_quantities;

void check(const char *quantity, double ours, double expected, double scale, double limit,
           const char *where, ...)
{
    size_t i = 0;
    while (i < n_quantities && strcmp(quantities[i].name, quantity) != 0)
        i++;
    if (i == n_quantities && n_quantities++ == MOST_QUANTITIES)
        abort();
    quantities[i].name = quantity;
    quantities[i].limit = limit;
    if (isnan(ours) && isnan(expected))
        return;
    double difference = fabs(ours - expected) / (scale > 0 ? scale : 1);
    quantities[i].compared++;
    if (difference <= limit) {
        quantities[i].largest = fmax(quantities[i].largest, difference);
        return;
    }
    quantities[i].largest = fmax(quantities[i].largest, isnan(difference) ? INFINITY : difference);
    if (quantities[i].failed++ >= 5)
        return;
    va_list arguments;
    va_start(arguments, where);
    printf("%s [", quantity);
    vprintf(where, arguments);
    va_end(arguments);
    printf("]: %.17g, expected %.17g\n", ours, expected);
}

void check_relative(const char *quantity, double ours, double expected, double limit,
                    const char *where)
{
    check(quantity, ours, expected, fabs(expected), limit, "%s", where);
}

bool check_report(void)
{
    bool good = true;
    printf("%-44s %8s %9s %8s\n", "quantity", "compared", "largest", "limit");
    for (size_t i = 0; i < n_quantities; i++) {
        printf("%-44s %8zu %9.1e %8.0e%s\n", quantities[i].name, quantities[i].compared,
               quantities[i].largest, quantities[i].limit, quantities[i].failed ? "  DIFFER" : "");
        good = good && !quantities[i].failed;
    }
    return good;
}

/* usage: reference_pure FOLDER; exit 77 (skipped) when the folder is not there */
int main(int argc, char **argv)
{
    char path[512];
    reference_folder = argc > 1 ? argv[1] : ".";
    snprintf(path, sizeof path, "%s/expected/mixed_fit.csv", reference_folder);
    FILE *file = fopen(path, "r");
    if (!file) {
        printf("skipped: no reference data in %s\n", reference_folder);
        return 77;
    }
    fclose(file);
    check_mixed();
    check_singular();
    check_repeated();
    check_survival();
    check_joint_rank();
    check_change();
    check_prepost();
    return check_report() ? 0 : 1;
}
