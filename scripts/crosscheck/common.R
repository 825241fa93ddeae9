# Running the program, reading what it prints, and the table of differences.

MONTH <- 30.4375
STAMP <- format(Sys.Date()) # one day for every command of a run

# What was asked before, within one study.
cache <- new.env()
remember <- function(key, value) {
  if (is.null(cache[[key]])) cache[[key]] <- value
  cache[[key]]
}

# Standard output and messages of one command; output is empty when it fails.
invoke <- function(...) remember(paste(c("invoke", ...), collapse = "\r"), invoke_now(...))
invoke_now <- function(...) {
  file <- tempfile("notes")
  output <- suppressWarnings(system2(alstrack, shQuote(c("-d", study, ...)), stdout = TRUE,
                                     stderr = file))
  notes <- readLines(file, warn = FALSE)
  unlink(file)
  failed <- attr(output, "status")
  list(output = if (is.null(failed)) output else character(), notes = notes,
       status = if (is.null(failed)) 0L else failed)
}

# Columns of numbers become numbers, all else stays text: "F" is a sex, "01" a patient.
parse_csv <- function(lines, text = c("patient", "group", "visit", "rater", "cohort", "ae_id",
                                      "arm", "site", "sex", "onset_site", "kings", "value",
                                      "kings_highest", "terms", "term")) {
  if (length(lines) == 0) return(data.frame())
  table <- read.csv(text = lines, colClasses = "character", na.strings = "", check.names = FALSE)
  for (name in setdiff(names(table), text)) {
    column <- table[[name]]
    if (all(is.na(column) | grepl("^-?[0-9.]+(e[-+]?[0-9]+)?$", column)))
      table[[name]] <- as.numeric(column)
  }
  table
}
analyse <- function(...) {
  run <- invoke("analyze", ..., "--as-of", STAMP, "--format", "csv")
  list(table = parse_csv(run$output), notes = run$notes, status = run$status)
}
analyse_json <- function(...) {
  run <- invoke("analyze", ..., "--as-of", STAMP, "--format", "json")
  result <- if (length(run$output)) jsonlite::fromJSON(paste(run$output, collapse = "\n"))
  list(result = result, notes = run$notes, status = run$status)
}
# A number that JSON gives as null, or a column that is null in all rows.
numbers <- function(values) if (is.null(values)) NA_real_ else as.numeric(values)

# ---------------------------------------------------------------- the table

results <- new.env()
results$all <- list()
begin_results <- function() {
  results$rows <- list()
  results$failures <- character()
  results$remarks <- list()
  results$printed <- list()
  results$checked <- list()
  rm(list = ls(cache), envir = cache)
}
keep_results <- function() {
  for (key in names(results$rows)) {
    row <- results$rows[[key]]
    known <- results$all[[key]]
    if (!is.null(known)) {
      row$compared <- row$compared + known$compared
      row$failed <- row$failed + known$failed
      row$largest <- max(row$largest, known$largest)
      row$limit <- max(row$limit, known$limit)
    }
    results$all[[key]] <- row
  }
}

quantity_row <- function(analysis, quantity, limit) {
  key <- paste(analysis, quantity, sep = ": ")
  if (is.null(results$rows[[key]]))
    results$rows[[key]] <- list(analysis = analysis, quantity = quantity, compared = 0,
                                largest = 0, limit = limit, failed = 0)
  key
}
fail <- function(key, text) {
  force(key)
  results$rows[[key]]$failed <- results$rows[[key]]$failed + 1
  results$failures <- c(results$failures, paste0(key, " ", text))
}
remark <- function(key, text) results$remarks[[key]] <- unique(c(results$remarks[[key]], text))

# Numbers of the program against R's, relative to `scale`; where one is missing both must be.
compare <- function(analysis, quantity, ours, theirs, limit, scale = abs(theirs), where = "") {
  key <- quantity_row(analysis, quantity, limit)
  ours <- as.numeric(ours)
  theirs <- as.numeric(theirs)
  if (length(ours) != length(theirs)) {
    fail(key, sprintf("[%s] %d numbers against %d", where, length(ours), length(theirs)))
    return(invisible())
  }
  if (length(ours) == 0) return(invisible())
  theirs[is.nan(theirs)] <- NA
  scale <- rep_len(scale, length(ours))
  both <- !is.na(ours) & !is.na(theirs)
  difference <- abs(ours - theirs)
  relative <- ifelse(difference == 0, 0, difference / ifelse(is.na(scale) | scale <= 0, 1, scale))
  row <- results$rows[[key]]
  row$compared <- row$compared + sum(both)
  row$limit <- max(row$limit, limit)
  if (any(both)) row$largest <- max(row$largest, relative[both])
  results$rows[[key]] <- row
  bad <- is.na(ours) != is.na(theirs) | (both & relative > limit)
  for (i in head(which(bad), 3))
    fail(key, sprintf("[%s #%d] %.17g, R says %.17g", where, i, ours[i], theirs[i]))
}

# Texts, counts and whatever must be the same.
compare_equal <- function(analysis, quantity, ours, theirs, where = "") {
  key <- quantity_row(analysis, quantity, 0)
  if (length(ours) != length(theirs)) {
    fail(key, sprintf("[%s] %d values against %d", where, length(ours), length(theirs)))
    return(invisible())
  }
  if (is.numeric(ours) && is.numeric(theirs))
    same <- (is.na(ours) & is.na(theirs)) | (!is.na(ours) & !is.na(theirs) & ours == theirs)
  else
    same <- ifelse(is.na(ours), "", as.character(ours)) ==
      ifelse(is.na(theirs), "", as.character(theirs))
  results$rows[[key]]$compared <- results$rows[[key]]$compared + sum(!is.na(ours))
  for (i in head(which(!same), 3))
    fail(key, sprintf("[%s #%d] '%s', R says '%s'", where, i, ours[i], theirs[i]))
}

# Counts that the notes state: `expected` has how often by a part of the note, which is absent for 0.
# The count stands behind the last colon, or is the first number.
check_counts <- function(analysis, notes, expected, where = "") {
  found <- sapply(names(expected), function(text) {
    note <- grep(text, notes, fixed = TRUE, value = TRUE)
    if (length(note) == 0) return(0)
    behind <- sub("^.*: ", "", note[1])
    count <- if (grepl("^[0-9]+", behind)) behind else gsub("^[^0-9]*([0-9]+).*$", "\\1", note[1])
    as.numeric(sub("[^0-9].*$", "", count))
  })
  compare_equal(analysis, "counts in notes", unname(found), unname(expected), where)
}

# Which columns a command printed and which of them were recomputed.
account <- function(analysis, table, checked) {
  results$printed[[analysis]] <- union(results$printed[[analysis]], names(table))
  results$checked[[analysis]] <- union(results$checked[[analysis]], checked)
}

print_rows <- function(rows, title) {
  cat(sprintf("\n%s\n", title))
  cat(sprintf("%-12s %-38s %8s %10s %8s\n", "analysis", "quantity", "compared", "largest", "limit"))
  for (row in rows) {
    if (row$compared == 0 && row$failed == 0) next
    cat(sprintf("%-12s %-38s %8d %10s %8s%s\n", row$analysis, row$quantity, row$compared,
                if (row$largest == 0) "equal" else sprintf("%.1e", row$largest),
                if (row$limit == 0) "equal" else sprintf("%.0e", row$limit),
                if (row$failed) sprintf("  %d DIFFER", row$failed) else ""))
  }
}
print_results <- function(title) {
  print_rows(results$rows, title)
  for (key in names(results$remarks))
    for (text in results$remarks[[key]]) cat(sprintf("  %s: %s\n", key, text))
  for (analysis in names(results$printed)) {
    rest <- setdiff(results$printed[[analysis]], results$checked[[analysis]])
    if (length(rest))
      cat(sprintf("  %s: not recomputed: %s\n", analysis, paste(rest, collapse = ", ")))
  }
  for (text in results$failures) cat(sprintf("  DIFFERS %s\n", text))
}
