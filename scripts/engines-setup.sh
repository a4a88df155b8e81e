# What `engines.sh` and `recipes.sh` share: data-lake engines from PyPI, and the Java that Spark runs on.
# shellcheck shell=bash disable=SC2034

work=.build-engines

# install_engines VENV REQUIREMENTS OPTION...
install_engines() {
  local venv=$work/$1 requirements=scripts/$2
  shift 2
  local stamp
  stamp=$venv/$(cat scripts/engines-requirements.txt "$requirements" | sha256sum | cut -c1-16)
  python=$venv/bin/python
  [ -f "$stamp" ] && return
  rm -rf "$venv"
  python3 -m venv "$venv" &&
    "$python" -m pip install --quiet --disable-pip-version-check --only-binary :all: "$@" \
      -r "$requirements" </dev/null &&
    touch "$stamp"
}

# Spark 4 does not start below Java 17, and says so at length in words of its own.
java_is_there() {
  local java=java version
  [ -z "${JAVA_HOME:-}" ] || java=$JAVA_HOME/bin/java
  version=$("$java" -version 2>&1 | sed -nE 's/.* version "([0-9]+).*/\1/p') || true
  [ "${version:-0}" -ge 17 ]
}

# require_short_engines WHO: DuckDB and Polars, or the end of the script, which lets the tests pass.
require_short_engines() {
  install_engines venv engines-requirements.txt && return
  echo "$1: DuckDB and Polars could not be installed (python3-venv and PyPI are needed)" >&2
  echo "$1: NOT CHECKED" >&2
  exit 0
}

# require_long_engines WHO: all of them, or a failure.
require_long_engines() {
  if ! java_is_there; then
    echo "$1: Spark needs Java 17 or later: apt-get install default-jre-headless, or set JAVA_HOME" >&2
    exit 1
  fi
  # PySpark has no wheel; its source holds the jars that it runs.
  install_engines venv-long engines-long-requirements.txt --no-binary pyspark && return
  echo "$1: the engines could not be installed (python3-venv and PyPI are needed)" >&2
  exit 1
}
