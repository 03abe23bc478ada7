package gateway.format;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** RubyGems: the compact index and the older packed lists are indexes, gems are artifacts; nothing is rewritten. */
final class Gem implements Format {

    private static final Duration API = Duration.ofMinutes(1);
    private static final Duration SPECIFICATION = Duration.ofDays(1);
    private static final String TEXT = "text/plain; charset=utf-8";
    private static final String BINARY = "application/octet-stream";
    private static final String GEMS = "/gems/";
    private static final String INFO = "/info/";
    private static final String QUICK = "/quick/Marshal.4.8/";
    private static final Pattern LIST = Pattern.compile("/(?:latest_|prerelease_)?specs\\.4\\.8(?<packed>\\.gz)?");
    private static final Pattern DOCUMENT = Pattern.compile(
            "/api/v[12]/(?:gems|versions|rubygems|attestations|owners)/(?:[A-Za-z0-9._-]+/){0,3}[A-Za-z0-9._-]+\\.json");

    @Override
    public String name() {
        return "gem";
    }

    @Override
    public Optional<Resource> resolve(Ask ask) {
        if (!ask.reads()) {
            return Optional.of(new Resource.Refused(
                    405, "this is a cache that only reads: push, yank and change owners at the registry itself"));
        }
        String path = ask.path();
        return switch (path) {
            // What gem asks first: anything but 200 sends it to the old, large lists.
            case "/" -> Optional.of(new Resource.Literal(200, TEXT, base -> ok()));
            case "/versions" -> Optional.of(compact(path, "index/versions").growing());
            case "/names" -> Optional.of(compact(path, "index/names"));
            // Gone at the public registry: a 404 makes every client use the compact index.
            case "/api/v1/dependencies" -> Optional.empty();
            default ->
                path.startsWith(INFO)
                        ? info(path.substring(INFO.length()))
                        : path.startsWith(GEMS)
                                ? gem(path.substring(GEMS.length()))
                                : path.startsWith(QUICK)
                                        ? specification(path, path.substring(QUICK.length()))
                                        : path.startsWith("/api/") ? api(ask) : list(path);
        };
    }

    /** A file's name can be read in several ways, and documents have theirs in the path. */
    @Override
    public List<String> names(Ask ask, Resource resource) {
        String path = ask.path();
        String file = path.substring(path.lastIndexOf('/') + 1).replaceFirst("\\.(?:gem|gemspec\\.rz|json)$", "");
        List<String> names = new ArrayList<>(Format.super.names(ask, resource));
        boolean api = path.startsWith("/api/") && !path.endsWith("/search.json");
        if (api) {
            names.add(file);
            Collections.addAll(names, path.replaceFirst("/api/v\\d/[^/]*", "").split("/", -1));
            names.removeIf(String::isEmpty);
        }
        if (api || path.startsWith(GEMS) || path.startsWith(QUICK)) {
            GemName.readings(file).forEach(reading -> names.add(reading.name()));
        }
        return names;
    }

    /** The canonical path of a gem. */
    static String path(String full) {
        return GEMS + full + ".gem";
    }

    private static byte[] ok() {
        return "This is a cache of a gem server.\n".getBytes(StandardCharsets.UTF_8);
    }

    /** Bundler compares the digest of its copy with the tag: it takes MD5, and no other, up to version 2.4. */
    private static Index compact(String path, String place) {
        return Resource.index(path, place)
                .from(Origin.At.path(path).from("index"))
                .taggedBy(Algorithm.MD5)
                .as(TEXT);
    }

    private static Optional<Resource> info(String name) {
        return GemName.isName(name) ? Optional.of(infoOf(name)) : Optional.empty();
    }

    private static Index infoOf(String name) {
        return compact(INFO + name, name + "/info")
                .of(new Coordinates("gem", name, null))
                .listing(new GemInfo(name));
    }

    private static Optional<Resource> gem(String file) {
        if (!file.endsWith(".gem")) {
            return Optional.empty();
        }
        String full = file.substring(0, file.length() - ".gem".length());
        List<GemName> readings = GemName.readings(full);
        if (readings.isEmpty()) {
            return Optional.empty();
        }
        GemName likeliest = readings.getFirst();
        List<Index> indexes =
                readings.stream().map(reading -> infoOf(reading.name())).toList();
        return Optional.of(Resource.artifact(path(full), place(likeliest, file))
                .verifiedBy(new Checksum.Listed(indexes))
                .of(new Coordinates("gem", likeliest.name(), likeliest.version()))
                .as(BINARY));
    }

    private static String place(GemName gem, String file) {
        return gem.name() + "/" + gem.version() + "/" + file;
    }

    /** What the old index knows of one gem; it could be made anew, and hardly ever is. */
    private static Optional<Resource> specification(String path, String file) {
        String ending = ".gemspec.rz";
        if (!file.endsWith(ending)) {
            return Optional.empty();
        }
        return GemName.readings(file.substring(0, file.length() - ending.length())).stream()
                .findFirst()
                .map(gem -> Resource.index(path, place(gem, file))
                        .freshFor(SPECIFICATION)
                        .of(new Coordinates("gem", gem.name(), gem.version()))
                        .untouched()
                        .listing(new Packed())
                        .as(BINARY));
    }

    private static Optional<Resource> list(String path) {
        var list = LIST.matcher(path);
        if (!list.matches()) {
            return Optional.empty();
        }
        Index index = Resource.index(path, "index" + path).untouched().as(BINARY);
        return Optional.of(list.group("packed") == null ? index : index.listing(new Packed()));
    }

    private static Optional<Resource> api(Ask ask) {
        String path = ask.path();
        return Optional.of(
                ask.query().isEmpty() && DOCUMENT.matcher(path).matches()
                        ? Resource.index(path, "index" + path).freshFor(API)
                        : new Resource.Passthrough(Origin.At.path(path).asking(ask.query())));
    }
}
