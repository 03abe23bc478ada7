package gateway.format;

import java.util.Optional;
import java.util.regex.Pattern;

/** Gradle's build cache: outputs of tasks by the digest of their inputs, stored and asked for by the builds alone. */
final class Gradle implements Format {

    private static final Pattern KEY = Pattern.compile("/[A-Za-z0-9][A-Za-z0-9._-]{0,127}");

    @Override
    public String name() {
        return "gradle";
    }

    @Override
    public Optional<Resource> resolve(Ask ask) {
        String path = ask.path();
        if (!KEY.matcher(path).matches()) {
            return Optional.empty();
        }
        String key = path.substring(1);
        // Two letters keep folders small where a cache has a hundred thousand entries.
        String folder = key.substring(0, Math.min(2, key.length()));
        Artifact entry = Resource.artifact(path, folder + "/" + key).from(new Origin.Hosted());
        return Optional.of(
                switch (ask.method()) {
                    case "GET", "HEAD" -> entry;
                    case "PUT" -> new Resource.Upload(entry);
                    default -> new Resource.Refused(405, "a build cache is read by GET and written by PUT");
                });
    }

    /** Any other status makes Gradle do without the cache for the rest of the build. */
    @Override
    public int status(Ask ask, int status) {
        return switch (ask.method()) {
            case "GET", "HEAD" -> 404;
            case "PUT" -> 413;
            default -> status;
        };
    }
}
