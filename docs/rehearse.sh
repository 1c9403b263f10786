#!/usr/bin/env bash
# Rehearses a production release on this machine, from the first deployment to an automatic rollback, in a clone of its own:
# dev, staging, prod with two people, approval, timer, backup, blue-green under load, a bad release, the trigger, the way back.
# Nothing outside the clone is touched but port 4610 and the ports of the environments (27080 and so on) on 127.0.0.1.
set -euo pipefail

source="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
work="$(mktemp -d)"
shop="$work/shop"
load=""

finish() {
  [ -z "$load" ] || kill "$load" 2> /dev/null || true
  [ ! -x "$shop/build.sh" ] || (cd "$shop" && ./build.sh --target=StopCloud > /dev/null 2>&1) || true
  rm -rf "$work"
}
trap finish EXIT

say() { printf '\n== %s\n' "$*"; }

# The exit code that a step must have; anything else ends the rehearsal.
expect() {
  local wanted=$1 code=0
  shift
  echo "\$ $*"
  env "$@" || code=$?
  [ "$code" -eq "$wanted" ] || { echo "expected exit code $wanted, got $code" >&2; exit 1; }
}

deployment() { sed -n 's/.*"deployment": "\(.*\)".*/\1/p' artifacts/run.json; }

git clone --quiet "$source" "$shop"
cd "$shop"
git config user.name rehearsal
git config user.email rehearsal@example.invalid

# The compiled pipeline is named after its sources: the same sources need no second build.
[ ! -d "$source/.pipeline/host" ] || { mkdir -p .pipeline && cp -R "$source/.pipeline/host" .pipeline/host; }

# A day in minutes: the same gates with shorter times, points of a second instead of a minute, ports of its own. A machine without
# the internet knows no advisories of packages; production would refuse that.
sed -i.bak -E -e 's/\b1([789]0[89][01])\b/2\1/' -e 's/BakeMinutes: 10$/BakeMinutes: 5/' -e 's/advisories: refuse$/advisories: allow/' pipeline.yml
rm pipeline.yml.bak
cat >> pipeline.yml << 'YAML'
      wait:
        timer: 10s
    watch:
      duration: 10m
      point: 1s
      cpu: { above: 100 }
localCloud:
  port: 4610
YAML
git commit --quiet --all --message "chore: a rehearsal's times and ports"

say "dev, then staging: checked, built once, tried by suites before it counts"
expect 0 ./build.sh --target=DeployDev
expect 0 ./build.sh --target=DeployStaging

say "prod: what would happen?"
expect 10 ./build.sh --target=Plan --environment=prod

say "prod is asked for. Nobody approves his own release; alice may"
expect 3 CI=true ./build.sh --target=DeployProd
id="$(deployment)"
expect 3 ./build.sh --target=Approve --deployment="$id"
expect 0 AWS_PROFILE=alice ./build.sh --target=Approve --deployment="$id" --reason="first release"
expect 0 CI=true ./build.sh --target=DeployProd --deployment="$id"
expect 0 ./build.sh --target=Monitor --environment=prod

say "the next release is healthy, passes every test, and fails one request in sixteen under production's traffic"
awk '{ print } /app.UseServiceDefaults\(\);/ {
  print "        var answered = 0;"
  print "        app.Use(async (context, next) =>"
  print "        {"
  print "            if (builder.Configuration[\"ENVIRONMENT_NAME\"] == \"prod\" && context.Request.Path == \"/products\" && Interlocked.Increment(ref answered) % 16 == 0)"
  print "            {"
  print "                context.Response.StatusCode = 500;"
  print "                return;"
  print "            }"
  print ""
  print "            await next(context);"
  print "        });"
}' samples/storefront/api/Program.cs > "$work/Program.cs"
cp "$work/Program.cs" samples/storefront/api/Program.cs
git commit --quiet --all --message "feat(api): count what was answered"
expect 0 ./build.sh --target=DeployStaging
expect 3 CI=true ./build.sh --target=DeployProd
id="$(deployment)"
expect 0 AWS_PROFILE=bob ./build.sh --target=Approve --deployment="$id"

# Two hundred requests a second, for five minutes at most.
curl --silent --rate 200/s --output /dev/null --write-out '%{http_code}\n' 'http://127.0.0.1:29081/products?request=[1-60000]' > "$work/answers" &
load=$!
expect 4 CI=true ./build.sh --target=DeployProd --deployment="$id"
kill "$load" 2> /dev/null || true
load=""
echo "answers: $(sort "$work/answers" | uniq -c | awk '{ printf "%s times %s  ", $1, $2 }')"

say "what serves, and the whole story"
expect 0 ./build.sh --target=Verify --environment=prod
expect 0 ./build.sh --target=Status
expect 0 ./build.sh --target=History --environment=prod
expect 0 ./build.sh --target=History --deployment="$id"
expect 0 ./build.sh --target=History --environment=prod --verify
