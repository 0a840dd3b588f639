#!/usr/bin/env bash
# As the official image at its first start: a cluster, then the database by a temporary server that listens on the
# socket only. That one stays six seconds here, as on a slow disk: a health check must not take it for the real one.
set -euo pipefail
if [ "$(id -u)" = 0 ]; then
  mkdir -p "$PGDATA"
  chown -R postgres "$PGDATA" /var/run/postgresql
  chmod 700 "$PGDATA"
  exec setpriv --reuid=postgres --regid=postgres --init-groups "$0" "$@"
fi
if [ ! -s "$PGDATA/PG_VERSION" ]; then
  initdb --username="$POSTGRES_USER" --pwfile=<(printf '%s\n' "$POSTGRES_PASSWORD") --auth-local=trust --auth-host=scram-sha-256
  printf '\nhost all all all scram-sha-256\n' >>"$PGDATA/pg_hba.conf"
  pg_ctl --pgdata "$PGDATA" --options "-c listen_addresses='' -p 5432" --wait start
  createdb --username "$POSTGRES_USER" "$POSTGRES_DB"
  sleep 6
  pg_ctl --pgdata "$PGDATA" --mode fast --wait stop
fi
exec "$@"
