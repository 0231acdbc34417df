# One environment for a file of tests: a Dokku in a temporary folder with real servers, or, where LANDFALL_DOKKU_HOST
# names an ssh destination (dokku@host), that host's Dokku.
setup_file() {
  PLUGIN_UNDER_TEST="$(cd "$BATS_TEST_DIRNAME/.." && pwd)"
  export PLUGIN_UNDER_TEST
  # Short: the admin socket's path has at most 107 bytes.
  FAKE_ROOT="$(mktemp -d /tmp/lf-plugin-XXXXXX)"
  export FAKE_ROOT
  if [[ -n "${LANDFALL_DOKKU_HOST:-}" ]]; then
    return 0
  fi
  export DOKKU_ROOT="$FAKE_ROOT/home" DOKKU_LIB_ROOT="$FAKE_ROOT/lib" OBJECTS_CRON_ROOT="$FAKE_ROOT/cron"
  export PLUGIN_CORE_AVAILABLE_PATH="$BATS_TEST_DIRNAME/core" OBJECTS_SUDOERS_ROOT="$FAKE_ROOT/sudoers"
  export PATH="$BATS_TEST_DIRNAME/bin:$PATH"
  export OBJECTS_ROOT="$FAKE_ROOT/s"
  unset DOKKU_APPS_FORCE_DELETE DOKKU_GLOBAL_FLAGS DOKKU_APP_NAME
  mkdir -p "$DOKKU_ROOT/shop" "$OBJECTS_ROOT" "$FAKE_ROOT/cron" "$FAKE_ROOT/containers" "$FAKE_ROOT/sudoers"
  [[ -n "${OBJECTS_CLASSPATH:-}" ]] || { echo "OBJECTS_CLASSPATH must name the server's classes" >&2; return 1; }
}

teardown_file() {
  local pid
  for pid in "$FAKE_ROOT"/containers/*/pid; do
    [[ ! -f "$pid" ]] || kill "$(cat "$pid")" 2>/dev/null || true
  done
  for pid in "$FAKE_ROOT"/containers/*/pid; do
    [[ ! -f "$pid" ]] || for _ in $(seq 100); do kill -0 "$(cat "$pid")" 2>/dev/null || break; sleep 0.1; done
  done
  rm -rf "$FAKE_ROOT"
}

# dk ARGUMENT…: a dokku command on the host under test.
dk() {
  if [[ -n "${LANDFALL_DOKKU_HOST:-}" ]]; then
    local words="" word
    for word in "$@"; do words+=" '${word//\'/\'\\\'\'}'"; done
    ssh -o BatchMode=yes "$LANDFALL_DOKKU_HOST" "${words# }"
  else
    dokku "$@"
  fi
}

stubbed() {
  [[ -z "${LANDFALL_DOKKU_HOST:-}" ]] || skip "looks inside the stubbed host"
}
