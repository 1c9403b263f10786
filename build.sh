#!/usr/bin/env bash
# Hands its arguments to the compiled pipeline. A host is named after the content it is compiled from, so it is
# compiled again exactly when that changes, and a host that is there is whole.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

say() { printf '%s\n' "$@" >&2; }

inputs() {
  find build src Directory.Build.props Directory.Packages.props global.json -name bin -prune -o -name obj -prune -o -type f -exec cksum {} + |
    LC_ALL=C sort | cksum | tr -d ' '
}

sdk_is_there() {
  if ! command -v dotnet >/dev/null; then
    say "The pipeline needs the .NET 10 SDK, and there is no dotnet on the PATH." "  next  install it from https://dot.net, then run the same command"
    return 1
  fi
  if ! dotnet --version >/dev/null 2>&1; then
    say "The pipeline needs the .NET 10 SDK; this machine has $(dotnet --list-sdks 2>/dev/null | cut -d' ' -f1 | tr '\n' ' ')" \
      "  why   $(dotnet --version 2>&1 | head -n 1)" "  next  install it from https://dot.net, then run the same command"
    return 1
  fi
}

explain() { # the compiler's log
  if grep -Eq 'NU1301|NU1101|NU1102' "$1"; then
    say "The packages of the pipeline cannot be restored: no network, or a package source that lacks them." \
      "  why   $(grep -Eo 'NU(1301|1101|1102): .*' "$1" | sed 's/ \[.*//' | head -n 1)" \
      "  next  check the network and 'dotnet nuget list source', then run the same command"
  else
    say "The pipeline does not compile:"
    grep -E '(error|warning) [A-Z]+[0-9]+' "$1" | sed "s|$PWD/||g; s| \[.*||" | sort -u | head -n 20 >&2 || tail -n 20 "$1" >&2
  fi
  say "  log   $1"
}

lock() { # one compiles, the others wait for it, ten minutes at most
  local tries=0
  until mkdir .pipeline/host.lock 2>/dev/null; do
    if ! kill -0 "$(cat .pipeline/host.lock/owner 2>/dev/null || echo $$)" 2>/dev/null; then
      mv .pipeline/host.lock ".pipeline/host.lock.$$" 2>/dev/null && rm -rf ".pipeline/host.lock.$$"
    elif [ $((tries += 1)) -gt 1200 ]; then
      say "Another build.sh has been compiling the pipeline for ten minutes." "  next  when there is none, delete $PWD/.pipeline/host.lock"
      return 1
    else
      sleep 0.5
    fi
  done
  sh -c 'echo $PPID' >.pipeline/host.lock/owner
  trap 'rm -rf .pipeline/host.lock' EXIT
}

compile() (
  # shellcheck disable=SC2015 # either of the two is a reason
  mkdir -p .pipeline/host 2>/dev/null && [ -w .pipeline ] || { say "The pipeline cannot be compiled: $PWD is not writable."; exit 1; }
  sdk_is_there || exit 1
  lock || exit 1
  [ ! -f "$1/Build.dll" ] || exit 0
  say "building the pipeline (first run, or build/ and src/ changed) ..."
  rm -rf .pipeline/host/new
  if ! DOTNET_NOLOGO=1 DOTNET_TieredPGO="${DOTNET_TieredPGO:-0}" dotnet msbuild src/Host.proj -restore -nologo -v:m -p:Folder="$PWD/.pipeline/host/new" >.pipeline/build.log 2>&1 </dev/null; then
    explain .pipeline/build.log
    exit 1
  fi
  mv .pipeline/host/new "$1"
  # Two older ones stay, for those that are running and for a branch that is switched back.
  # shellcheck disable=SC2012 # the names are hashes
  ls -1dt .pipeline/host/*/ | tail -n +4 | xargs rm -rf
)

host=.pipeline/host/$(inputs)
[ -f "$host/Build.dll" ] || compile "$host"
exec dotnet "$host/Build.dll" "$@"
