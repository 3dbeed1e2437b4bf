# Remakes trial.csv and trial.json:  Rscript tests/truth/make_trial.R tests/truth
# A simulated trial of 24 schools in three municipalities, whole schools assigned, and the
# values that R's reference packages give on it.
suppressMessages({library(clubSandwich); library(estimatr)})
folder <- commandArgs(trailingOnly = TRUE)[1]
set.seed(20250301)
schools <- 24
size <- sample(6:30, schools, replace = TRUE)
town <- rep(c("a", "b", "c"), c(6, 8, 10))
offered <- unlist(lapply(c(6, 8, 10), function(n) sample(rep(0:1, c(n / 2 + 1, n / 2 - 1)))))
level <- rnorm(schools, sd = 0.6)
s <- rep(seq_len(schools), size)
n <- length(s)
d <- data.frame(school = sprintf("s%02d", s), town = town[s], treated = offered[s])
d$points <- round(40 + 2 * level[s] + rnorm(n, sd = 5), 1)
d$girl <- rbinom(n, 1, 0.5)
d$y <- round(0.4 * d$treated + 0.1 * d$points + 0.3 * d$girl + level[s] +
  rnorm(n) * (1 + 0.5 * d$treated), 4)
d <- d[sample(n), ]
write.csv(d, file.path(folder, "trial.csv"), row.names = FALSE, quote = FALSE)

values <- list()
put <- function(id, estimate, se, df = NULL) {
  values[[id]] <<- c(list(estimate = unname(estimate), std_error = unname(se)),
    if (!is.null(df)) list(df = unname(df)))
}
club <- function(id, m, cluster, type, coef = "treated") {
  v <- vcovCR(m, cluster = cluster, type = type)
  t <- coef_test(m, vcov = v, test = "Satterthwaite", coefs = coef)
  put(paste(id, type), t$beta, t$SE, if (type == "CR2") t$df)
}
models <- list(
  difference = lm(y ~ treated, d),
  strata = lm(y ~ treated + town, d),
  additive = lm(y ~ treated + points + girl, d),
  additive_strata = lm(y ~ treated + town + points + girl, d)
)
for (id in names(models)) {
  for (type in c("CR0", "CR1", "CR1S", "CR2", "CR3"))
    club(paste("cluster", id), models[[id]], d$school, type)
  for (type in c("HC0", "HC1", "HC2", "HC3")) {
    m <- lm_robust(formula(models[[id]]), d, se_type = type)
    put(paste("individual", id, type), m$coefficients["treated"], m$std.error["treated"])
  }
  club(paste("individual", id), models[[id]], seq_len(n), "CR2")
}
lin <- list(interacted = ~ points + girl, interacted_strata = ~ points + girl + factor(town),
  weighted_strata = ~ factor(town))
for (id in names(lin)) {
  m <- lm_lin(y ~ treated, lin[[id]], d, se_type = "HC2")
  put(paste("individual", id, "HC2"), m$coefficients["treated"], m$std.error["treated"])
  m <- lm_lin(y ~ treated, lin[[id]], d, clusters = school, se_type = "CR2")
  put(paste("cluster", id, "CR2"), m$coefficients["treated"], m$std.error["treated"],
    m$df["treated"])
}
d$px <- d$points - mean(d$points); d$gx <- d$girl - mean(d$girl)
club("individual interacted", lm(y ~ treated * (px + gx), d), seq_len(n), "CR2")

number <- function(x) sprintf("%.15g", x)
entry <- function(id) sprintf('  "%s": {%s}', id, paste(
  sprintf('"%s": %s', names(values[[id]]), sapply(values[[id]], number)), collapse = ", "))
made_by <- sprintf("%s, clubSandwich %s, estimatr %s", R.version.string,
  packageVersion("clubSandwich"), packageVersion("estimatr"))
writeLines(c("{", sprintf('  "made_by": "%s",', made_by),
  paste(sapply(names(values), entry), collapse = ",\n"), "}"), file.path(folder, "trial.json"))
