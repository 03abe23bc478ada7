package gateway.upstream.git;

import gateway.format.GoModule;
import java.util.Optional;

/**
 * What a client of the protocol asks.
 *
 * @param module as people write it
 * @param kind {@code list}, {@code latest}, {@code info}, {@code mod} or {@code zip}
 * @param version as people write it; empty for a list or the latest
 */
record Question(String module, Kind kind, String version) {

    private static final String VERSIONS = "/@v/";
    private static final String LATEST = "/@latest";

    /** What there is to ask. */
    enum Kind {
        LIST,
        LATEST,
        INFO,
        MOD,
        ZIP
    }

    /** Empty when it is none of the protocol. */
    static Optional<Question> of(String path) {
        int at = path.lastIndexOf(VERSIONS);
        if (at > 0) {
            String file = path.substring(at + VERSIONS.length());
            return module(path, at).flatMap(module -> of(module, file));
        }
        return path.endsWith(LATEST)
                ? module(path, path.length() - LATEST.length()).map(module -> new Question(module, Kind.LATEST, ""))
                : Optional.empty();
    }

    private static Optional<String> module(String path, int end) {
        return end < 1 ? Optional.empty() : GoModule.of(path.substring(1, end)).map(GoModule::path);
    }

    private static Optional<Question> of(String module, String file) {
        if (file.equals("list")) {
            return Optional.of(new Question(module, Kind.LIST, ""));
        }
        int dot = file.lastIndexOf('.');
        Optional<String> version = dot < 1 ? Optional.empty() : GoModule.version(file.substring(0, dot));
        return version.flatMap(name -> switch (file.substring(dot + 1)) {
            case "info" -> Optional.of(new Question(module, Kind.INFO, name));
            case "mod" -> Optional.of(new Question(module, Kind.MOD, name));
            case "zip" -> Optional.of(new Question(module, Kind.ZIP, name));
            default -> Optional.empty();
        });
    }

    /** Whether what is known of it can never change. */
    boolean isPinned() {
        return GoVersion.of(version).isPresent();
    }
}
