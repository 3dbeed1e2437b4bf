# Install the programs that tests use beside Python, where that takes no questions; otherwise say
# what is skipped. PostgreSQL: the tests start a server of their own, no cluster is made or used.
packages=
skipped=

has_chromium() { command -v chromium || command -v chromium-browser || command -v google-chrome; }
has_java() { [ -x "${JAVA_HOME:-/nowhere}/bin/java" ] || command -v java; }
has_postgres() {
  for folder in "$(pg_config --bindir)" /usr/lib/postgresql/*/bin /usr/local/bin /usr/bin; do
    [ -x "$folder/initdb" ] && [ -x "$folder/postgres" ] && return 0
  done
  return 1
}
has_office() { command -v soffice || command -v libreoffice; }
has_r() { Rscript -e 'for (p in c("estimatr", "clubSandwich", "sandwich")) loadNamespace(p)'; }

need() {
  "$1" >/dev/null 2>&1 && return
  packages="$packages $2"
  skipped="$skipped $3;"
}

need has_chromium "chromium" "the browser tests (Chromium)"
need has_java "default-jre-headless" "the tests of Spark (Java 17 or later)"
need has_postgres "postgresql-common postgresql" "the tests of databases (PostgreSQL)"
need has_r "r-base-core r-cran-estimatr r-cran-clubsandwich r-cran-sandwich" "the calls in R (R)"
need has_office "libreoffice-calc" "the workbooks that LibreOffice computes (LibreOffice)"
[ -z "$packages" ] && exit 0

if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
  log=$(mktemp)
  export DEBIAN_FRONTEND=noninteractive
  install() { apt-get install --yes --no-install-recommends "$@" >>"$log" 2>&1; }
  apt-get update >"$log" 2>&1
  case $packages in
    *postgresql*)
      install postgresql-common &&
        sed -i 's/^#\? *create_main_cluster.*/create_main_cluster = false/' \
          /etc/postgresql-common/createcluster.conf
      ;;
  esac
  # shellcheck disable=SC2086 # a list of packages
  if install $packages; then
    rm -f "$log"
    echo "Installed for the tests:$packages"
    exit 0
  fi
  tail -n 3 "$log" >&2
  rm -f "$log"
fi
echo "Will be skipped:$skipped to run them, install$packages."
