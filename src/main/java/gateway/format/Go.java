package gateway.format;

import java.time.Duration;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Go module proxy: lists and queries are indexes, canonical versions are artifacts; nothing is rewritten. */
final class Go implements Format {

    /** Absences are half of what {@code go get} asks: it tries every parent of a package path. */
    private static final Duration ABSENT = Duration.ofMinutes(2);

    private static final Duration PARTIAL_TILE = Duration.ofHours(6);
    private static final String VERSIONS = "/@v/";
    private static final String LATEST = "/@latest";
    private static final Pattern DATABASE = Pattern.compile("/sumdb/(?<name>[A-Za-z0-9][A-Za-z0-9._-]*)/(?<rest>.+)");
    private static final Pattern TILE =
            Pattern.compile("tile/\\d{1,2}/(?:\\d{1,2}|data)/(?:x\\d{3}/){0,6}\\d{3}(?<partial>\\.p/\\d{1,3})?");

    @Override
    public String name() {
        return "go";
    }

    @Override
    public Optional<Resource> resolve(Ask ask) {
        if (!ask.reads()) {
            return Optional.of(new Resource.Refused(405, "a module proxy only reads: there is nothing to publish to"));
        }
        String path = ask.path();
        if (path.startsWith("/sumdb/")) {
            return database(path);
        }
        // The last one: a module path may itself hold a folder of that name.
        int at = path.lastIndexOf(VERSIONS);
        if (at > 0) {
            return GoModule.of(path.substring(1, at))
                    .flatMap(module -> version(module, path.substring(at + VERSIONS.length())));
        }
        if (path.endsWith(LATEST)) {
            return GoModule.of(path.substring(1, Math.max(1, path.length() - LATEST.length())))
                    .map(module -> listing(module, path, module.escaped() + LATEST, "application/json"));
        }
        return Optional.empty();
    }

    private static Optional<Resource> version(GoModule module, String file) {
        String folder = module.escaped() + VERSIONS;
        String path = "/" + folder + file;
        if (file.equals("list")) {
            return Optional.of(listing(module, path, folder + "list", "text/plain; charset=utf-8"));
        }
        int dot = file.lastIndexOf('.');
        if (dot <= 0) {
            return Optional.empty();
        }
        String escaped = file.substring(0, dot);
        String place = folder + escaped + "/" + file;
        return GoModule.version(escaped).flatMap(version -> switch (file.substring(dot)) {
            case ".info" ->
                Optional.of(
                        GoModule.isCanonical(version)
                                ? artifact(module, version, path, place).as("application/json")
                                : listing(module, path, folder + "query/" + file, "application/json"));
            case ".mod" -> canonical(module, version, path, place, "text/plain; charset=utf-8");
            case ".zip" ->
                GoModule.isCanonical(version)
                        ? Optional.of(artifact(module, version, path, place)
                                .as("application/zip")
                                .sound(new GoZip(module.path(), version)))
                        : Optional.empty();
            default -> Optional.empty();
        });
    }

    private static Optional<Resource> canonical(
            GoModule module, String version, String path, String place, String contentType) {
        return GoModule.isCanonical(version)
                ? Optional.of(artifact(module, version, path, place).as(contentType))
                : Optional.empty();
    }

    /** No checksum: a proxy publishes none, and the client compares with go.sum and the checksum database itself. */
    private static Artifact artifact(GoModule module, String version, String path, String place) {
        return Resource.artifact(path, place)
                .of(new Coordinates("go", module.path(), version))
                .absentFor(ABSENT);
    }

    private static Resource listing(GoModule module, String path, String place, String contentType) {
        return Resource.index(path, place)
                .of(new Coordinates("go", module.path(), null))
                .absentFor(ABSENT)
                .as(contentType);
    }

    /** Signed notes and hash tiles of a checksum database, byte for byte. */
    private static Optional<Resource> database(String path) {
        Matcher matcher = DATABASE.matcher(path);
        if (!matcher.matches()) {
            return Optional.empty();
        }
        String place = path.substring(1);
        String rest = matcher.group("rest");
        if (rest.equals("supported") || rest.equals("latest")) {
            return Optional.of(
                    Resource.index(path, place).absentFor(ABSENT).untouched().as("text/plain; charset=utf-8"));
        }
        return rest.startsWith("lookup/")
                ? lookup(path, place, rest.substring("lookup/".length()))
                : tile(path, place, TILE.matcher(rest));
    }

    private static Optional<Resource> lookup(String path, String place, String sum) {
        int at = sum.lastIndexOf('@');
        if (at <= 0) {
            return Optional.empty();
        }
        return GoModule.of(sum.substring(0, at))
                .flatMap(module -> GoModule.version(sum.substring(at + 1))
                        .filter(GoModule::isCanonical)
                        .map(version -> artifact(module, version, path, place).as("text/plain; charset=utf-8")));
    }

    private static Optional<Resource> tile(String path, String place, Matcher tile) {
        if (!tile.matches()) {
            return Optional.empty();
        }
        if (tile.group("partial") == null) {
            return Optional.of(Resource.artifact(path, place).as("application/octet-stream"));
        }
        // Its bytes never change, but the database drops it once the full tile exists.
        return Optional.of(
                Resource.index(path, place).freshFor(PARTIAL_TILE).untouched().as("application/octet-stream"));
    }
}
