# shellcheck shell=bash
# Sourced by bin/test-compose: the two base images, pulled, or where no image registry can be reached made of
# Debian's own packages with the same paths, users and first-start steps.

base_images() {  # base_images <folder> <folder of the Dockerfiles>
  if [ -z "${STAND_INS:-}" ] && timeout 60 docker pull -q python:3.11-slim-bookworm >/dev/null 2>&1; then
    docker pull -q postgres:15-bookworm >/dev/null
    return
  fi
  docker image inspect local/bookworm >/dev/null 2>&1 || _bookworm "$1"
  docker build -q -t python:3.11-slim-bookworm "$2/python" >/dev/null
  docker build -q -t postgres:15-bookworm "$2/postgres" >/dev/null
}

_bookworm() {
  debootstrap --variant=minbase --include=ca-certificates,netbase,tzdata bookworm "$1/rootfs" "$(debian_mirror)" >"$1/log/debootstrap" 2>&1
  cp /etc/ssl/certs/ca-certificates.crt "$1/rootfs/etc/ssl/certs/"  # a registry in between may have its own
  rm -rf "$1"/rootfs/var/cache/apt/archives/*.deb "$1"/rootfs/var/lib/apt/lists/*
  tar -C "$1/rootfs" -c . | docker import --change 'CMD ["bash"]' - local/bookworm >/dev/null
  rm -rf "$1/rootfs"
}
