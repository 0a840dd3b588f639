# shellcheck shell=bash
# Sourced by bin/test-compose: a container engine, the machine's own or one that is brought and taken away again.
# Without root, Debian or the right to make network bridges there is none: the caller skips.

bring_engine() {  # bring_engine <folder>
  docker info >/dev/null 2>&1 && docker compose version >/dev/null 2>&1 && return 0
  [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null || return 1
  export DOCKER_HOST="unix://$1/docker.sock" DOCKER_CONFIG="$1/config"
  mkdir -p "$1"/config/cli-plugins "$1"/log
  _install_engine "$1" && _start_daemon "$1"
}

_install_engine() {
  if ! command -v dockerd >/dev/null || ! command -v debootstrap >/dev/null || ! command -v iptables >/dev/null; then
    apt-get update -q >"$1/log/apt" 2>&1 || return 1
    apt-get install -yq -o DPkg::Lock::Timeout=300 --no-install-recommends docker.io debootstrap iptables >>"$1/log/apt" 2>&1 || return 1
  fi
  docker compose version >/dev/null 2>&1 || _install_compose "$1"
}

_install_compose() {  # Debian 12 has no compose v2; the files of Debian 13's packages run by themselves
  mkdir -p "$1"/apt/lists/partial "$1"/apt/cache/archives/partial
  echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $(debian_mirror) trixie main" >"$1/apt/list"
  local apt=(apt-get -o Dir::Etc::sourcelist="$1/apt/list" -o Dir::Etc::sourceparts=- -o Dir::State::lists="$1/apt/lists"
             -o Dir::Cache="$1/apt/cache" -o APT::Sandbox::User=root)
  "${apt[@]}" update -q >"$1/log/apt-trixie" 2>&1 || return 1
  (cd "$1/apt" && "${apt[@]}" download docker-compose docker-buildx >>"$1/log/apt-trixie" 2>&1) || return 1
  local deb
  for deb in "$1"/apt/*.deb; do dpkg-deb -x "$deb" "$1/apt/files"; done
  find "$1/apt/files" -path '*cli-plugins/*' -type f -exec install -m755 {} "$1/config/cli-plugins/" \;
}

debian_mirror() {  # the one that this machine uses
  # shellcheck disable=SC2016  # apt's own variables
  apt-get indextargets --format '$(RELEASE) $(REPO_URI)' | awk '$1 == "bookworm" {print $2; exit}'
}

_start_daemon() {
  firewall=$(iptables-save) && forwarding=$(cat /proc/sys/net/ipv4/ip_forward) || return 1
  ip link add composetest0 type bridge && ip addr add 172.31.250.1/24 dev composetest0 && ip link set composetest0 up || return 1
  setsid dockerd --host "$DOCKER_HOST" --data-root "$1/data" --exec-root "$1/exec" --pidfile "$1/dockerd.pid" \
    --bridge composetest0 >"$1/log/dockerd" 2>&1 &
  daemon=$!
  local _
  for _ in $(seq 60); do docker info >/dev/null 2>&1 && break; sleep .5; done
  docker info >/dev/null 2>&1 || { tail -3 "$1/log/dockerd" >&2; return 1; }
  # Where all containers together count as one process (cgroup v1) a busy machine starves them.
  if [ -e /sys/fs/cgroup/cpu/docker/cpu.shares ]; then echo 4096 >/sys/fs/cgroup/cpu/docker/cpu.shares; fi
}

take_engine_away() {  # take_engine_away <folder>
  if [ -n "${daemon:-}" ]; then
    kill "$daemon" 2>/dev/null
    wait "$daemon" 2>/dev/null
  fi
  if [ -n "${firewall:-}" ]; then
    iptables-restore <<<"$firewall"
    echo "$forwarding" >/proc/sys/net/ipv4/ip_forward
  fi
  ip link del composetest0 2>/dev/null
  [ "${KEEP:-}" ] || rm -rf "$1"/data "$1"/exec
}
