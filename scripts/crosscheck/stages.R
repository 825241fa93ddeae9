# analyze stages: King's, MiToS and FT9 from the answers.

stage_rows <- function(data, use_or) {
  own <- if (is.null(data$alsfrsr)) data$alsfrs else data$alsfrsr
  own <- own[is.na(own$status) | own$status == "done", ]
  item <- function(name) if (name %in% names(own)) as.numeric(own[[name]]) else rep(NA_real_, nrow(own))
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
  if (is.null(data$alsfrsr)) breathing <- lost("breathing") # by analogy
  ventilation <- item("dyspnea") == 0 | support < 4
  ventilation[is.na(item("dyspnea")) | is.na(support)] <- NA
  mitos <- movement + lost("swallowing") + speech + breathing
  ft9 <- Reduce(`+`, lapply(c("bulbar", "fine_motor", "gross_motor", "respiratory"),
                            function(name) item(name) <= 9))
  if (is.null(data$alsfrsr)) ft9[] <- NA # its breathing item is no domain
  rule <- trimws(paste0("regions:", ifelse(bulbar %in% TRUE, " bulbar", ""),
                        ifelse(upper %in% TRUE, " upper", ""), ifelse(lower %in% TRUE, " lower", "")))
  rule[rule == "regions:"] <- "no region"
  rule[kings %in% "4A"] <- "gastrostomy"
  rule[kings %in% "4B"] <- ifelse(gastrostomy, "ventilation, and gastrostomy", "ventilation")[kings %in% "4B"]
  rule[is.na(kings)] <- NA
  data.frame(patient = own$patient, visit = own$visit, rater = own$rater, date = own$date, kings = kings,
             kings_rule = rule, mitos = mitos,
             mitos_rule = ifelse(is.na(mitos), NA, if (use_or) "or" else "and"), ft9 = ft9,
             gastrostomy = ifelse(gastrostomy, "Y", "N"), kings_4a = ifelse(gastrostomy, "Y", "N"),
             kings_4b = ifelse(ventilation, "Y", "N"))
}

check_stages <- function(data) {
  levels <- c("0", "1", "2", "3", "4A", "4B", "5")
  for (use_or in c(FALSE, TRUE)) {
    ours <- do.call(analyse, c(list("stages"), if (use_or) list("--mitos-or")))$table
    if (nrow(ours) == 0) return(invisible())
    theirs <- if (!is.null(data$alsfrsr) || !is.null(data$alsfrs)) stage_rows(data, use_or)
    died <- death_day(data)
    if (!is.null(theirs)) {
      end <- died[match(theirs$patient, data$patients$patient)]
      theirs <- theirs[is.na(end) | as.Date(theirs$date) <= end, ]
    }
    deaths <- data$events[data$events$event == "death", ]
    if (nrow(deaths))
      theirs <- rbind(theirs, data.frame(patient = deaths$patient, visit = NA, rater = NA,
                                         date = deaths$date, kings = "5", kings_rule = "death", mitos = 5,
                                         mitos_rule = "death", ft9 = 5, gastrostomy = NA, kings_4a = NA,
                                         kings_4b = NA))
    theirs <- theirs[order(match(theirs$patient, data$patients$patient), is.na(theirs$visit),
                           theirs$date, method = "radix"), ]
    running <- function(values) unlist(tapply(values, factor(theirs$patient, unique(theirs$patient)),
                                              function(x) cummax(ifelse(is.na(x), -1, x))))
    highest <- running(match(theirs$kings, levels))
    theirs$kings_highest <- ifelse(highest < 0, NA, levels[pmax(highest, 1)])
    highest <- running(theirs$mitos)
    theirs$mitos_highest <- ifelse(highest < 0, NA, highest)
    highest <- running(theirs$ft9)
    theirs$ft9_highest <- ifelse(highest < 0, NA, highest)
    where <- if (use_or) "OR" else "AND"
    compare_equal("stages", "assessments", paste(ours$patient, ours$visit, ours$rater),
                  paste(theirs$patient, theirs$visit, theirs$rater), where)
    for (name in c("kings", "kings_rule", "mitos", "mitos_rule", "ft9", "gastrostomy", "kings_highest",
                   "mitos_highest", "kings_4a", "kings_4b", "ft9_highest"))
      compare_equal("stages", sub("_", " ", name), ours[[name]], theirs[[name]], where)
    account("stages", ours, names(theirs))
  }
}
