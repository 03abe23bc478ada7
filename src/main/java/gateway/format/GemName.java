package gateway.format;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;

/**
 * What the name of a gem's file means: name, version and platform are joined by hyphens, which names and platforms hold
 * themselves.
 *
 * @param platform empty for a gem that runs everywhere
 */
record GemName(String name, String version, String platform) {

    private static final int READINGS = 4;
    private static final int LONGEST = 255;
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9._-]{1,200}");
    private static final Pattern FULL = Pattern.compile("[A-Za-z0-9._-]+");
    private static final Pattern VERSION = Pattern.compile("[0-9]+(?:\\.[0-9A-Za-z]+)*+");
    private static final Pattern PLATFORM = Pattern.compile("[A-Za-z][A-Za-z0-9._-]*");
    private static final Pattern MACHINE = Pattern.compile(
            "(?:ruby|java|jruby|dalvik|dotnet|universal|mswin|mingw|x86|x64|i[3-6]86|amd64|arm|aarch64|powerpc|ppc"
                    + "|s390x|riscv|sparc|wasm|darwin|linux|solaris|freebsd|openbsd|netbsd|aix|all)\\b.*"
                    + "|(?:mswin|x86_|x64_|arm|powerpc|ppc|riscv|mingw)[A-Za-z0-9_].*");

    static boolean isName(String name) {
        return NAME.matcher(name).matches() && !name.equals(".") && !name.equals("..");
    }

    /** Of what an index says behind the name of the gem: a version, and perhaps a platform. */
    static boolean isVersion(String text) {
        int hyphen = text.indexOf('-');
        return hyphen < 0
                ? VERSION.matcher(text).matches()
                : VERSION.matcher(text.substring(0, hyphen)).matches()
                        && PLATFORM.matcher(text.substring(hyphen + 1)).matches();
    }

    /** All that a full name can mean, the likeliest first; empty when it is none. */
    static List<GemName> readings(String full) {
        if (full.length() > LONGEST || !FULL.matcher(full).matches()) {
            return List.of();
        }
        List<String> parts = Arrays.asList(full.split("-", -1));
        List<GemName> likely = new ArrayList<>();
        List<GemName> others = new ArrayList<>();
        for (int at = 1; at < parts.size(); at++) {
            String name = String.join("-", parts.subList(0, at));
            String platform = String.join("-", parts.subList(at + 1, parts.size()));
            boolean anywhere = platform.isEmpty() && at + 1 == parts.size();
            if (!VERSION.matcher(parts.get(at)).matches()
                    || !isName(name)
                    || !(anywhere || PLATFORM.matcher(platform).matches())) {
                continue;
            }
            boolean known = anywhere || MACHINE.matcher(platform).matches();
            (known ? likely : others).add(new GemName(name, parts.get(at), platform));
        }
        likely.addAll(others);
        return likely.subList(0, Math.min(READINGS, likely.size()));
    }
}
