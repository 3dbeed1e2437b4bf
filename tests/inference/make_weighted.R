# Remakes weighted.json:  Rscript tests/inference/make_weighted.R tests/inference
# Weighted least squares on 60 rows that arithmetic makes, the same here and in Python.
suppressMessages({library(clubSandwich); library(estimatr)})
folder <- commandArgs(trailingOnly = TRUE)[1]
i <- 0:59
d <- data.frame(g = i %/% 8, t = as.numeric((i * 7) %% 5 < 2), x = ((i * 37) %% 23) / 4)
d$y <- 1 + 0.5 * d$t + 0.3 * d$x + (((i * 53) %% 31) - 15) / 6 + d$g / 5
weights <- list(
  rows = 0.5 + ((i * 29) %% 17) / 8,
  schools = 1 + d$g,
  mixed = ifelse(d$g %% 2 == 0, 1, 0.25 + (i %% 3)),
  zeros = ifelse(i %% 7 == 0, 0, 1 + i %% 4)
)
values <- list()
put <- function(id, estimate, se, df) {
  values[[id]] <<- list(estimate = unname(estimate), std_error = unname(se), df = unname(df))
}
put_club <- function(id, m, v) {
  r <- coef_test(m, vcov = v, test = "Satterthwaite", coefs = "t")
  put(id, r$beta, r$SE, r$df_Satt)
}
for (name in names(weights)) {
  used <- d[weights[[name]] > 0, ]
  used$w <- weights[[name]][weights[[name]] > 0]
  m <- lm(y ~ t + x, used, weights = w)
  for (type in c("CR0", "CR1", "CR1S", "CR2", "CR3"))
    put_club(paste("probability", name, type), m, vcovCR(m, used$g, type))
  # Inverse variances: every column times the root of the weight, then as without weights.
  m <- lm(I(y * sqrt(w)) ~ 0 + I(sqrt(w)) + t + x,
    transform(used, t = t * sqrt(w), x = x * sqrt(w)))
  put_club(paste("inverse_variance", name, "CR2"), m, vcovCR(m, used$g, "CR2"))
  put_club(paste("inverse_variance", name, "HC2"), m, vcovCR(m, seq_len(nrow(used)), "CR2"))
  for (type in c("HC0", "HC1", "HC2", "HC3")) {
    r <- lm_robust(y ~ t + x, used, weights = w, se_type = type)
    put(paste("probability", name, type), r$coefficients["t"], r$std.error["t"], r$df["t"])
  }
}
number <- function(x) sprintf("%.15g", x)
entry <- function(id) sprintf('  "%s": {%s}', id, paste(
  sprintf('"%s": %s', names(values[[id]]), sapply(values[[id]], number)), collapse = ", "))
made_by <- sprintf("%s, clubSandwich %s, estimatr %s", R.version.string,
  packageVersion("clubSandwich"), packageVersion("estimatr"))
writeLines(c("{", sprintf('  "made_by": "%s",', made_by),
  paste(sapply(names(values), entry), collapse = ",\n"), "}"), file.path(folder, "weighted.json"))
