#!/bin/sh
# train.sh JAVA FOLDER: makes FOLDER/gateway.aot, the AOT cache of the application extracted there.
# The JVM records the short life of a server that plays with itself in a temporary folder, and writes at its end what it
# learned about classes and methods. That fits only this JVM, these jars and these options.
set -eu
java=$1
app=$2
options=$(CDPATH='' cd "$(dirname "$0")" && pwd -P)/java.options

# Two that train at once write drafts of their own; the last one is kept.
draft=$app/.gateway.aot.$$
work=$(mktemp -d)
pid=
finish() {
    [ -z "$pid" ] || kill -KILL "$pid" 2>/dev/null || :
    rm -rf "$work" "$draft" "$draft.config"
}
trap finish EXIT
trap 'exit 1' HUP INT TERM

cd "$work"
# The settings of the gateway that is really meant to run must not reach this one.
env -i PATH="$PATH" HOME="$work" "$java" "@$options" "-XX:AOTCacheOutput=$draft" -cp "$app/gateway.jar" \
    gateway.Training "$work" &
pid=$!

is_alive() {
    kill -0 "$pid" 2>/dev/null
}
seconds=0
pause() {
    seconds=$((seconds + 1))
    [ "$seconds" -le 600 ] || exit 1
    sleep 1
}

until [ -f "$work/trained" ]; do
    is_alive || exit 1
    pause
done

# Writing the cache is the last that it does.
kill -TERM "$pid"
while is_alive; do
    pause
done
pid=
[ -s "$draft" ] && mv "$draft" "$app/gateway.aot"
