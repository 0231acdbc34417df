# Finds a JDK 25 for Maven and for the launcher and exports JAVA_HOME; sourced, not run.
# The formatter runs inside Maven's own JVM and needs 25, though `java` on the PATH may be older.
# Looked at in this order: LANDFALL_JAVA_HOME, JAVA_HOME, `java` on the PATH, the systems' JVM folders, SDKMAN, asdf.
landfall_is_jdk25() {
  [ -x "$1/bin/java" ] && [ -x "$1/bin/javac" ] && grep -q '^JAVA_VERSION="25[."]' "$1/release" 2>/dev/null
}
landfall_find_jdk25() {
  set +f # mvnw turns globbing off
  landfall_on_path=$(command -v java 2>/dev/null) && landfall_on_path=$(readlink -f "$landfall_on_path") || landfall_on_path=
  for landfall_home in "${LANDFALL_JAVA_HOME:-}" "${JAVA_HOME:-}" "${landfall_on_path%/bin/java}" \
    /usr/lib/jvm/* /usr/local/lib/jvm/* /opt/java/* /opt/jdk* /Library/Java/JavaVirtualMachines/*/Contents/Home \
    "${HOME:-/nonexistent}"/.sdkman/candidates/java/* "${HOME:-/nonexistent}"/.asdf/installs/java/*; do
    if landfall_is_jdk25 "$landfall_home"; then
      JAVA_HOME=$landfall_home
      export JAVA_HOME
      return 0
    fi
  done
  printf '%s\n' "landfall: no JDK 25 found (looked at JAVA_HOME, the PATH and the usual folders)." \
    "Install one (Debian: temurin-25-jdk or openjdk-25-jdk) or set LANDFALL_JAVA_HOME to its folder." >&2
  return 1
}
landfall_find_jdk25 || exit 1
