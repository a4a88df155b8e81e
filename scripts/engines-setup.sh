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
