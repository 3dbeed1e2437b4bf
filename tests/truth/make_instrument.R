# Remakes instrument.csv and instrument.json:  Rscript tests/truth/make_instrument.R tests/truth
# A simulated trial of 26 schools in three towns: the offer was drawn, some of the offered stay
# away and some others come; and the values that R's reference packages give on it.
suppressMessages({library(clubSandwich); library(estimatr)})
folder <- commandArgs(trailingOnly = TRUE)[1]
set.seed(20250402)
schools <- 26
size <- sample(5:20, schools, replace = TRUE)
town <- rep(c("a", "b", "c"), c(6, 8, 12))
offered <- unlist(lapply(c(6, 8, 12), function(n) sample(rep(0:1, each = n / 2))))
level <- rnorm(schools, sd = 0.5)
s <- rep(seq_len(schools), size)
n <- length(s)
d <- data.frame(school = sprintf("s%02d", s), town = town[s], offered = offered[s])
d$points <- round(40 + 2 * level[s] + rnorm(n, sd = 5), 1)
d$girl <- rbinom(n, 1, 0.5)
eager <- rnorm(n)
d$took <- as.integer(eager + 1.1 * d$offered - 0.7 + 0.4 * level[s] > 0)
d$second <- round(d$offered * d$points / 10 + rnorm(n), 3)
d$y <- round(0.5 * d$took + 0.05 * d$points + 0.2 * d$girl + level[s] + 0.5 * eager +
  rnorm(n) * (1 + 0.5 * d$took), 4)
d <- d[sample(n), ]
write.csv(d, file.path(folder, "instrument.csv"), row.names = FALSE, quote = FALSE)

values <- list()
put <- function(id, ...) values[[id]] <<- lapply(list(...), unname)
iv <- function(id, formula, type, clusters = NULL) {
  m <- if (is.null(clusters)) iv_robust(formula, d, se_type = type, diagnostics = TRUE) else
    iv_robust(formula, d, clusters = school, se_type = type, diagnostics = TRUE)
  f <- m$diagnostic_first_stage_fstatistic
  put(paste(id, if (type == "stata") "CR1S" else type), estimate = m$coefficients["took"],
    std_error = m$std.error["took"], df = m$df["took"], first = f["value"])
}
just <- y ~ took + points + girl + town | offered + points + girl + town
over <- y ~ took + points | offered + second + points
for (type in c("CR0", "stata", "CR2")) {
  iv("just cluster", just, type, TRUE)
  iv("over cluster", over, type, TRUE)
}
for (type in c("classical", "HC0", "HC1", "HC2", "HC3")) {
  iv("just individual", just, type)
  iv("over individual", over, type)
}
club <- function(id, v, model, coefs, test = "HTZ") {
  w <- Wald_test(model, vcov = v, constraints = constrain_zero(coefs), test = test)
  put(id, f = w$Fstat, df_num = w$df_num, df_denom = w$df_denom, p_value = w$p_val)
}
m <- lm(y ~ offered * (points + girl) + town, d)
club("wald 2", vcovCR(m, d$school, "CR2"), m, c("offered:points", "offered:girl"))
club("wald 3", vcovCR(m, d$school, "CR2"), m, c("offered", "offered:points", "offered:girl"))
club("wald towns", vcovCR(m, d$school, "CR2"), m, c("townb", "townc"))
first <- lm(took ~ offered + points + girl + town, d)
for (type in c("CR0", "CR1S", "CR2"))
  put(paste("first cluster", type), f = coef(first)["offered"]^2 /
    vcovCR(first, d$school, type)["offered", "offered"])
means <- aggregate(cbind(y, offered) ~ school + town, d, mean)
means$n <- as.vector(table(d$school)[means$school])
t <- t.test(y ~ I(1 - offered), means)
put("means welch", estimate = -diff(t$estimate), std_error = t$stderr, df = t$parameter)
p <- summary(lm(y ~ offered + town, means))$coefficients["offered", ]
put("means pooled", estimate = p[1], std_error = p[2], df = nrow(means) - 4)
a <- summary(aov(y ~ school, d))[[1]][["Mean Sq"]]
n0 <- (n - sum(means$n^2) / n) / (schools - 1)
put("icc", value = (a[1] - a[2]) / (a[1] + (n0 - 1) * a[2]), n0 = n0)
given <- c(0.01, 0.04, 0.03, 0.2, 0.005, 0.04)
for (i in seq_along(given)) put(paste("adjust", i), p = given[i],
  holm = p.adjust(given, "holm")[i], benjamini_hochberg = p.adjust(given, "BH")[i])

number <- function(x) sprintf("%.15g", x)
entry <- function(id) sprintf('  "%s": {%s}', id, paste(
  sprintf('"%s": %s', names(values[[id]]), sapply(values[[id]], number)), collapse = ", "))
made_by <- sprintf("%s, clubSandwich %s, estimatr %s", R.version.string,
  packageVersion("clubSandwich"), packageVersion("estimatr"))
writeLines(c("{", sprintf('  "made_by": "%s",', made_by),
  paste(sapply(names(values), entry), collapse = ",\n"), "}"),
  file.path(folder, "instrument.json"))
