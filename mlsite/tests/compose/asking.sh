# shellcheck shell=bash
# Sourced by bin/test-compose: how it asks the program, and how it tells.
export COMPOSE_PROJECT_NAME=composetest COMPOSE_ANSI=never
unset POSTGRES_PASSWORD ALLOWED_HOSTS METRICS_TOKEN RUN_RETENTION_DAYS PORT BIND  # the clone's .env has them
api=http://127.0.0.1:18080
flower='{"sepallength": 5.1, "sepalwidth": 3.5, "petallength": 1.4, "petalwidth": 0.2}'

step() { printf '%4d s  %s\n' "$SECONDS" "$*"; }
fail() { echo "FAILED: $*" >&2; exit 1; }
ask() { curl -s -m 10 "$@"; }
status() { ask -o /dev/null -w '%{http_code}' "$@"; }
predicts() { ask "$api/predict" -d "$flower" | grep -q '"species":0'; }

until_says() {  # until_says <seconds> <address> <pattern> [curl options]
  local _
  for _ in $(seq "$1"); do
    if ask "$2" "${@:4}" | grep -q "$3"; then return 0; fi
    sleep 1
  done
  fail "$2 never said $3: $(ask "$2" "${@:4}" | cut -c1-300)"
}

until_restarted() {  # until_restarted <seconds> <container>
  local _
  for _ in $(seq "$1"); do
    [ "$(docker inspect -f '{{.RestartCount}}{{.State.Health.Status}}' "$2")" = 1healthy ] && return 0
    sleep 1
  done
  fail "$2 did not come back"
}

logs_in() {  # logs_in <password>
  local csrf jar
  jar=$(mktemp)
  csrf=$(ask -c "$jar" "$api/admin/login/" | sed -n 's/.*csrfmiddlewaretoken" value="\([^"]*\).*/\1/p' | head -1)
  [ "$(status -b "$jar" --data-urlencode "password=$1" -d "csrfmiddlewaretoken=$csrf&username=admin" "$api/admin/login/")" = 302 ]
}
