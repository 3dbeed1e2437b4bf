# Install PostgreSQL for the tests of databases where that takes no questions; otherwise say what
# follows. The tests start a server of their own: no cluster of the machine is made or used.
for folder in "$(pg_config --bindir 2>/dev/null)" /usr/lib/postgresql/*/bin /usr/local/bin /usr/bin; do
  if [ -x "$folder/initdb" ] && [ -x "$folder/postgres" ]; then exit 0; fi
done
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
  log=$(mktemp)
  export DEBIAN_FRONTEND=noninteractive
  if apt-get update >"$log" 2>&1 &&
    apt-get install --yes --no-install-recommends postgresql-common >>"$log" 2>&1 &&
    sed -i 's/^#\? *create_main_cluster.*/create_main_cluster = false/' \
      /etc/postgresql-common/createcluster.conf &&
    apt-get install --yes --no-install-recommends postgresql >>"$log" 2>&1
  then
    rm -f "$log"
    echo "PostgreSQL installed for the tests of databases"
    exit 0
  fi
  tail -n 3 "$log" >&2
  rm -f "$log"
fi
echo "No PostgreSQL here: its tests will be skipped. Install the package postgresql to run them."
