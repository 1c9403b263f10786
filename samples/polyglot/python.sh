#!/usr/bin/env bash
# Makes the base image polyglot/python:3.11 from Debian's packages, for machines that reach no public registry. Needs Debian 12, apt and a Docker engine.
set -euo pipefail

image=polyglot/python:3.11
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
mkdir "$work/packages" "$work/root"
chmod 755 "$work" "$work/packages"

# What python3-boto3 needs, without what every Debian has beside it: no shell, no package manager.
apt-cache depends --recurse --no-recommends --no-suggests --no-conflicts --no-breaks --no-replaces --no-enhances python3-minimal python3-boto3 |
  grep -E '^[a-z0-9]' | grep -vE '^(debconf|dpkg|tar|perl|init-system-helpers|media-types|mailcap|libdebconfclient0|cdebconf|python3-(cffi|pip|setuptools))' | cut -d: -f1 | sort -u > "$work/names"
# Virtual packages are among the names: what matters is looked for afterwards.
(cd "$work/packages" && xargs -a ../names -n 1 -P 4 apt-get download -qq 2> "$work/errors") || true
ls "$work"/packages/python3-boto3_*.deb "$work"/packages/libc6_*.deb > /dev/null || { cat "$work/errors" >&2; exit 1; }

# One tree for programs and libraries, as Debian itself has it.
mkdir -p "$work"/root/usr/{bin,sbin,lib,lib64}
for folder in bin sbin lib lib64; do ln -s "usr/$folder" "$work/root/$folder"; done
for package in "$work"/packages/*.deb; do dpkg-deb --fsys-tarfile "$package" | tar --extract --keep-directory-symlink --directory "$work/root"; done
mkdir -p "$work"/root/tmp && chmod 1777 "$work"/root/tmp
rm -rf "$work"/root/usr/share/{doc,man,locale,lintian} "$work"/root/var/cache
# As pip and Debian do when they install: a container of a quarter of a core would compile for seconds at each start.
command -p python3.11 -m compileall -q -j 0 -s "$work/root" --invalidation-mode unchecked-hash "$work/root/usr/lib/python3" "$work/root/usr/lib/python3.11"

tar --create --directory "$work/root" --sort=name --owner=0 --group=0 --numeric-owner --mtime=@0 . |
  docker import --change 'ENV PATH=/usr/bin:/bin PYTHONUNBUFFERED=1' - "$image" > /dev/null
docker run --rm --network none "$image" python3 -c 'import boto3; print("'"$image"' has Python with boto3", boto3.__version__)'
