# analyze stages: King's, MiToS and FT9 from the answers.

stage_rows <- function(data, use_or) {
  own <- data$alsfrsr
  own <- own[is.na(own$status) | own$status == "done", ]
  item <- function(name) as.numeric(own[[name]])
  events <- data$events
  tube <- events[events$event == "gastrostomy" & !is.na(events$date), ]
  tube_day <- tapply(as.numeric(middle(tube$date)), tube$patient, min)[own$patient]
  gastrostomy <- (!is.na(tube_day) & tube_day <= as.numeric(as.Date(own$date))) |
    own$cutting_form %in% "b"
  bulbar <- pmin(item("speech"), item("salivation"), item("swallowing")) < 4
  upper <- pmin(item("handwriting"), item("cutting")) < 4
  lower <- item("walking") < 4
  support <- item("respiratory_insufficiency")
  kings <- ifelse(item("dyspnea") == 0 | support < 4, "4B",
                  ifelse(gastrostomy, "4A", as.character(bulbar + upper + lower)))
  kings[is.na(item("dyspnea")) | is.na(support)] <- NA
  lost <- function(name, most = 1) item(name) <= most
  speech <- if (use_or) lost("speech") | lost("handwriting") else lost("speech") & lost("handwriting")
  speech[is.na(item("speech")) | is.na(item("handwriting"))] <- NA
  movement <- lost("walking") | lost("dressing")
  movement[is.na(item("walking")) | is.na(item("dressing"))] <- NA
  breathing <- lost("dyspnea") | lost("respiratory_insufficiency", 2)
  breathing[is.na(item("dyspnea")) | is.na(support)] <- NA
  mitos <- movement + lost("swallowing") + speech + breathing
  ft9 <- Reduce(`+`, lapply(c("bulbar", "fine_motor", "gross_motor", "respiratory"),
                            function(name) as.numeric(own[[name]]) <= 9))
  rule <- trimws(paste0("regions:", ifelse(bulbar %in% TRUE, " bulbar", ""),
                        ifelse(upper %in% TRUE, " upper", ""), ifelse(lower %in% TRUE, " lower", "")))
  rule[rule == "regions:"] <- "no region"
  rule[kings %in% "4A"] <- "gastrostomy"
  rule[kings %in% "4B"] <- ifelse(gastrostomy, "ventilation, and gastrostomy", "ventilation")[kings %in% "4B"]
  rule[is.na(kings)] <- NA
  data.frame(patient = own$patient, visit = own$visit, rater = own$rater, date = own$date, kings = kings,
             kings_rule = rule, mitos = mitos,
             mitos_rule = ifelse(is.na(mitos), NA, if (use_or) "or" else "and"), ft9 = ft9,
             gastrostomy = ifelse(gastrostomy, "Y", "N"))
}

check_stages <- function(data) {
  levels <- c("0", "1", "2", "3", "4A", "4B", "5")
  for (use_or in c(FALSE, TRUE)) {
    ours <- do.call(analyse, c(list("stages"), if (use_or) list("--mitos-or")))$table
    if (nrow(ours) == 0) return(invisible())
    theirs <- if (!is.null(data$alsfrsr)) stage_rows(data, use_or)
    died <- death_day(data)
    if (!is.null(theirs)) {
      end <- died[match(theirs$patient, data$patients$patient)]
      theirs <- theirs[is.na(end) | as.Date(theirs$date) <= end, ]
    }
    deaths <- data$events[data$events$event == "death", ]
    if (nrow(deaths))
      theirs <- rbind(theirs, data.frame(patient = deaths$patient, visit = NA, rater = NA,
                                         date = deaths$date, kings = "5", kings_rule = "death", mitos = 5,
                                         mitos_rule = "death", ft9 = 5, gastrostomy = NA))
    theirs <- theirs[order(match(theirs$patient, data$patients$patient), is.na(theirs$visit),
                           theirs$date, method = "radix"), ]
    running <- function(values) unlist(tapply(values, factor(theirs$patient, unique(theirs$patient)),
                                              function(x) cummax(ifelse(is.na(x), -1, x))))
    theirs$kings_highest <- c(NA, levels)[running(match(theirs$kings, levels)) + 1 +
                                            (running(match(theirs$kings, levels)) < 0)]
    highest <- running(theirs$mitos)
    theirs$mitos_highest <- ifelse(highest < 0, NA, highest)
    where <- if (use_or) "OR" else "AND"
    compare_equal("stages", "assessments", paste(ours$patient, ours$visit, ours$rater),
                  paste(theirs$patient, theirs$visit, theirs$rater), where)
    for (name in c("kings", "kings_rule", "mitos", "mitos_rule", "ft9", "gastrostomy", "kings_highest",
                   "mitos_highest"))
      compare_equal("stages", sub("_", " ", name), ours[[name]], theirs[[name]], where)
    account("stages", ours, names(theirs))
  }
}
