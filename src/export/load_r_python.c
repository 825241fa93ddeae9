/* load.R and load.py: readers that know the type of every column. */
#include <string.h>

#include "describe.h"
#include "field.h"

/* File name without .csv. */
static int stem_length(const struct als_dataset *dataset)
{
    return (int)(strlen(dataset->file) - strlen(".csv"));
}

void als_describe_r(const struct als_datasets *sets, struct als_buf *out)
{
    static const char *const classes[] = {"character", "integer",   "numeric",
                                          "Date",      "character", "yesno"};
    als_buf_text(out,
                 "# Reads every file with its declared types: nothing is guessed.\n"
                 "#     source(\"load.R\"); study <- load_study(\".\"); str(study$patients)\n"
                 "# Partial dates stay text; yes-no becomes TRUE or FALSE; empty becomes NA.\n\n"
                 "column_classes <- list(\n");
    for (size_t i = 0; i < sets->count; i++) {
        const struct als_dataset *dataset = sets->items[i];
        als_buf_printf(out, "  `%.*s` = c(\n", stem_length(dataset), dataset->file);
        for (size_t k = 0; k < dataset->n_fields; k++)
            als_buf_printf(out, "    `%s` = \"%s\"%s\n", dataset->fields[k].name,
                           classes[dataset->fields[k].type], k + 1 < dataset->n_fields ? "," : ")");
        als_buf_text(out, i + 1 < sets->count ? "  ,\n" : ")\n\n");
    }
    als_buf_printf(
        out,
        "load_study <- function(folder = \".\") {\n"
        "  read_one <- function(name) {\n"
        "    classes <- column_classes[[name]]\n"
        "    yesno <- names(classes)[classes == \"yesno\"]\n"
        "    classes[yesno] <- \"character\"\n"
        "    data <- read.csv(file.path(folder, paste0(name, \".csv\")),\n"
        "                     colClasses = classes, na.strings = \"\", quote = \"\\\"\",\n"
        "                     check.names = FALSE, %s)\n"
        "    stopifnot(identical(names(data), names(classes)))\n"
        "    data[yesno] <- lapply(data[yesno], function(x) x == \"Y\")\n"
        "    data\n"
        "  }\n"
        "  sapply(names(column_classes), read_one, simplify = FALSE)\n"
        "}\n",
        sets->bom ? "fileEncoding = \"UTF-8-BOM\"" : "encoding = \"UTF-8\"");
}

void als_describe_python(const struct als_datasets *sets, struct als_buf *out)
{
    als_buf_text(
        out, "\"\"\"Reads every file with its declared types: nothing is guessed.\n\n"
             "    import load; study = load.load_study(\".\"); study[\"patients\"][0]\n\n"
             "Each file becomes a list of dictionaries. Partial dates stay text, yes-no becomes\n"
             "True or False, empty becomes None. pandas.DataFrame(study[\"patients\"]) works.\n"
             "\"\"\"\n"
             "import csv\nimport datetime\nimport pathlib\n\n"
             "READERS = {\n"
             "    \"text\": str,\n"
             "    \"partial date\": str,\n"
             "    \"integer\": int,\n"
             "    \"number\": float,\n"
             "    \"date\": datetime.date.fromisoformat,\n"
             "    \"yes-no\": {\"Y\": True, \"N\": False}.__getitem__,\n"
             "}\n\n"
             "COLUMNS = {\n");
    for (size_t i = 0; i < sets->count; i++) {
        const struct als_dataset *dataset = sets->items[i];
        als_buf_printf(out, "    \"%.*s\": {\n", stem_length(dataset), dataset->file);
        for (size_t k = 0; k < dataset->n_fields; k++)
            als_buf_printf(out, "        \"%s\": \"%s\",\n", dataset->fields[k].name,
                           als_field_type_name(dataset->fields[k].type));
        als_buf_text(out, "    },\n");
    }
    als_buf_text(
        out, "}\n\n\n"
             "def load_file(name, folder=\".\"):\n"
             "    readers = [READERS[kind] for kind in COLUMNS[name].values()]\n"
             "    path = pathlib.Path(folder) / (name + \".csv\")\n"
             "    with open(path, newline=\"\", encoding=\"utf-8-sig\") as file:\n"
             "        rows = csv.reader(file)\n"
             "        header = next(rows)\n"
             "        if header != list(COLUMNS[name]):\n"
             "            raise ValueError(f\"{path}: unexpected columns\")\n"
             "        return [\n"
             "            {\n"
             "                column: read(cell) if cell else None\n"
             "                for column, read, cell in zip(header, readers, row, strict=True)\n"
             "            }\n"
             "            for row in rows\n"
             "        ]\n\n\n"
             "def load_study(folder=\".\"):\n"
             "    return {name: load_file(name, folder) for name in COLUMNS}\n");
}
