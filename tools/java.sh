# Install Java for the Spark tests where that takes no questions; otherwise say what follows.
if [ -x "${JAVA_HOME:-/nowhere}/bin/java" ] || command -v java >/dev/null 2>&1; then exit 0; fi
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
  log=$(mktemp)
  export DEBIAN_FRONTEND=noninteractive
  if apt-get update >"$log" 2>&1 &&
    apt-get install --yes --no-install-recommends default-jre-headless >>"$log" 2>&1
  then
    rm -f "$log"
    echo "Java installed for the Spark tests"
    exit 0
  fi
  tail -n 3 "$log" >&2
  rm -f "$log"
fi
echo "No Java here: the Spark tests will be skipped. Install Java 17 or later to run them."
