# Read by mvnw and gateway: exports JAVA_HOME, the first JDK that is new enough, or says what is missing.
# The default `java` of many systems is older than the one this product needs, often with a newer one beside it.
jdk_needed=25

# True if $1 is a JDK of the needed version; its `release` file tells that without starting it.
jdk_fits() {
    [ -x "$1/bin/javac" ] && [ -r "$1/release" ] || return 1
    jdk_version=
    while IFS='="' read -r jdk_key _ jdk_value _; do
        [ "$jdk_key" != JAVA_VERSION ] || jdk_version=${jdk_value%%[!0-9]*}
    done <"$1/release"
    [ "${jdk_version:-0}" -ge "$jdk_needed" ]
}

jdk_found=
for jdk_home in "${JAVA_HOME:-}" "${JAVA25_HOME:-}" /usr/lib/jvm/* /opt/java/* /usr/java/* \
    /Library/Java/JavaVirtualMachines/*/Contents/Home \
    "${HOME:-}"/.sdkman/candidates/java/* "${HOME:-}"/.jdks/* "${HOME:-}"/.asdf/installs/java/*; do
    if jdk_fits "$jdk_home"; then
        jdk_found=$jdk_home
        break
    fi
done

if [ -z "$jdk_found" ]; then
    cat >&2 <<END
No JDK $jdk_needed or newer was found: not in JAVA_HOME (${JAVA_HOME:-unset}), JAVA25_HOME (${JAVA25_HOME:-unset}),
the JVM directories of the system, nor ~/.sdkman, ~/.jdks and ~/.asdf.
Install one (for instance: apt-get install openjdk-25-jdk, or sdk install java 25-tem),
or set JAVA25_HOME to the directory of one that is there.
END
    exit 1
fi
JAVA_HOME=$jdk_found
export JAVA_HOME
