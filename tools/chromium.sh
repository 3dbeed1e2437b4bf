# Install Chromium for the browser tests where that takes no questions; otherwise say what follows.
for name in chromium chromium-browser google-chrome; do
  if command -v "$name" >/dev/null 2>&1; then exit 0; fi
done
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
  log=$(mktemp)
  export DEBIAN_FRONTEND=noninteractive
  if apt-get update >"$log" 2>&1 && apt-get install --yes --no-install-recommends chromium >>"$log" 2>&1
  then
    rm -f "$log"
    echo "Chromium installed for the browser tests"
    exit 0
  fi
  tail -n 3 "$log" >&2
  rm -f "$log"
fi
echo "No Chromium here: the browser tests will be skipped. Install the package chromium to run them."
