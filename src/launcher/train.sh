#!/bin/sh
# train.sh JAVA FOLDER: makes FOLDER/gateway.aot, the AOT cache of the application extracted there.
# The JVM records the short life of a gateway in a temporary folder, and writes at its end what it learned about classes
# and methods. That fits only this JVM, these jars and these options.
set -eu
java=$1
app=$2
options=$(CDPATH='' cd "$(dirname "$0")" && pwd -P)/java.options

# Two that train at once write drafts of their own; the last one is kept.
draft=$app/.gateway.aot.$$
work=$(mktemp -d)
pid=
trainer=
finish() {
    for started in $pid $trainer; do
        kill -KILL "$started" 2>/dev/null || :
    done
    rm -rf "$work" "$draft" "$draft.config"
}
trap finish EXIT
trap 'exit 1' HUP INT TERM

is_alive() {
    kill -0 "$1" 2>/dev/null
}
seconds=0
pause() {
    seconds=$((seconds + 1))
    [ "$seconds" -le 600 ] || exit 1
    sleep 1
}
await() {
    until [ -f "$work/$1" ]; do
        is_alive "$trainer" && { [ -z "$pid" ] || is_alive "$pid"; } || [ -f "$work/$1" ] || exit 1
        pause
    done
}

cd "$work"
# Clients and registry, in a process of their own: what they do must not be taken for what the gateway does.
"$java" -XX:+UseSerialGC -XX:TieredStopAtLevel=1 --enable-native-access=ALL-UNNAMED -cp "$app/gateway.jar" \
    gateway.Training "$work" &
trainer=$!
await gateway.yaml

# The settings of the gateway that is really meant to run must not reach this one.
env -i PATH="$PATH" HOME="$work" "$java" "@$options" "-XX:AOTCacheOutput=$draft" -cp "$app/gateway.jar" \
    gateway.Gateway serve -config "$work/gateway.yaml" &
pid=$!
await trained
wait "$trainer" || :
trainer=

# Writing the cache is the last that it does.
kill -TERM "$pid"
while is_alive "$pid"; do
    pause
done
pid=
[ -s "$draft" ] && mv "$draft" "$app/gateway.aot"
