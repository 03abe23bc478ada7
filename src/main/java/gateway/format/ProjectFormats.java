package gateway.format;

import java.util.Map;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.json.JsonMapper;

/** The formats of which a project can have a remote. */
public final class ProjectFormats {

    private static final Set<String> AS_ELSEWHERE = Set.of("npm", "pypi", "nuget", "conan", "composer");
    private static final Format MAVEN = new MavenFiles(false);
    private static final Format MERGED_MAVEN = new MavenFiles(true);
    private static final Format CARGO = new Cargo(true);
    private static final Format GENERIC = new GenericFiles();

    private ProjectFormats() {}

    /**
     * The format of that name as a project's dependency proxy speaks it; empty when it speaks none of that name.
     *
     * @param several whether the project has more than one remote of that format
     */
    public static Optional<Format> named(String name, boolean several) {
        return switch (name) {
            case "maven" -> Optional.of(several ? MERGED_MAVEN : MAVEN);
            case "cargo" -> Optional.of(CARGO);
            case "generic" -> Optional.of(GENERIC);
            default -> AS_ELSEWHERE.contains(name) ? Formats.named(name) : Optional.empty();
        };
    }

    /** As clients of projects expect it. */
    static Format.Refusal refusal(int status, String message) {
        String text = status == 404 ? "404 Not Found" : status + " " + message;
        return new Format.Refusal("application/json", JsonMapper.shared().writeValueAsString(Map.of("message", text)));
    }
}
