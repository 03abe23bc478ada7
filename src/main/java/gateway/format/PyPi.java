package gateway.format;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** PyPI's simple repository API: project pages are indexes in two forms, everything below {@code /files/} artifacts. */
final class PyPi implements Format {

    static final String JSON = "application/vnd.pypi.simple.v1+json";
    static final String HTML = "application/vnd.pypi.simple.v1+html";
    static final String TEXT = "text/html";
    private static final String LATEST_JSON = "application/vnd.pypi.simple.latest+json";
    private static final String LATEST_HTML = "application/vnd.pypi.simple.latest+html";

    /** JSON knows sizes and upload times, HTML does not. */
    private static final String UPSTREAM_ACCEPT = JSON + ", " + HTML + ";q=0.2, " + TEXT + ";q=0.01";

    /** On equal weight HTML wins, since clients that send no weights are the old ones. */
    private static final List<String> HTML_FIRST = List.of(TEXT, HTML, LATEST_HTML, JSON, LATEST_JSON);

    private static final List<String> JSON_FIRST = List.of(JSON, LATEST_JSON, HTML, LATEST_HTML, TEXT);
    private static final Duration ROOT_FRESH = Duration.ofHours(1);
    private static final Pattern KEY = Pattern.compile("[0-9a-f]{16}");
    private static final Pattern VERSION = Pattern.compile("[A-Za-z0-9][A-Za-z0-9.!+_-]{0,127}");

    @Override
    public String name() {
        return "pypi";
    }

    @Override
    public Optional<Resource> resolve(Ask ask) {
        if (!ask.reads()) {
            return Optional.of(new Resource.Refused(
                    405, "this is a cache that only reads: upload and search at the index itself"));
        }
        String path = ask.path();
        if (path.equals("/simple")) {
            return Optional.of(new Resource.Moved("/simple/"));
        }
        if (path.equals("/simple/") || path.equals("/")) {
            return Optional.of(root());
        }
        String[] parts = path.substring(1).split("/", -1);
        return switch (parts[0]) {
            case "simple" -> page(ask, "/simple/", path.substring("/simple/".length()), "../../");
            case "files" -> parts.length == 4 ? file(parts[1], parts[2], parts[3]) : below(ask, parts);
            case "integrity" ->
                parts.length == 5 && parts[4].equals("provenance")
                        ? provenance(parts[1], parts[2], parts[3])
                        : below(ask, parts);
            case "pypi" -> isLegacy(parts, 1) ? legacy(parts, 1) : below(ask, parts);
            default -> below(ask, parts);
        };
    }

    @Override
    public String spelling(String name) {
        return PyPiNames.normalise(name);
    }

    /** Some people leave {@code simple} out of the address: then the mount itself is the index. */
    private static Optional<Resource> below(Ask ask, String[] parts) {
        return isLegacy(parts, 0) ? legacy(parts, 0) : page(ask, "/", ask.path().substring(1), "../");
    }

    private static Optional<Resource> page(Ask ask, String folder, String rest, String up) {
        String asked = rest.endsWith("/") ? rest.substring(0, rest.length() - 1) : rest;
        if (!PyPiNames.isProject(asked)) {
            return Optional.empty();
        }
        String project = PyPiNames.normalise(asked);
        return Optional.of(
                rest.equals(project + "/") ? rendered(ask, project, up) : new Resource.Moved(folder + project + "/"));
    }

    private static Resource rendered(Ask ask, String project, String up) {
        // Links are relative, so that one rendering serves every address; the shorter address needs its own.
        String suffix = up.equals("../") ? "-short" : "";
        return switch (negotiated(ask)) {
            case JSON -> page(project).rendered(new Rendering("json" + suffix, JSON, new PyPiJson(project, up)));
            case HTML -> page(project).rendered(new Rendering("html-v1" + suffix, HTML, new PyPiHtml(project, up)));
            case TEXT -> page(project).rendered(new Rendering("html" + suffix, TEXT, new PyPiHtml(project, up)));
            case null, default ->
                new Resource.Refused(406, "project pages are served as " + JSON + ", " + HTML + " or " + TEXT);
        };
    }

    /** One of the three forms of a page; null when the client takes none of them. */
    static @Nullable String negotiated(Ask ask) {
        boolean json = ask.accept().names(JSON) || ask.accept().names(LATEST_JSON);
        String type = ask.parameter("format")
                .or(() -> ask.accept().best(json ? JSON_FIRST : HTML_FIRST))
                .orElse("");
        return switch (type) {
            case JSON, LATEST_JSON -> JSON;
            case HTML, LATEST_HTML -> HTML;
            case TEXT -> TEXT;
            default -> null;
        };
    }

    private static Index page(String project) {
        return Resource.index("/simple/" + project + "/", project + "/simple.json")
                .accepting(UPSTREAM_ACCEPT)
                .of(new Coordinates("pypi", project, null))
                .listing(new PyPiLinks(project));
    }

    /** Tens of megabytes that only mirrors ask for. */
    private static Index root() {
        return Resource.index("/simple/", "simple.json")
                .accepting(UPSTREAM_ACCEPT)
                .freshFor(ROOT_FRESH);
    }

    private static Optional<Resource> file(String project, String key, String file) {
        if (!PyPiNames.isProject(project)
                || !PyPiNames.normalise(project).equals(project)
                || !KEY.matcher(key).matches()
                || !PyPiNames.isFile(file)) {
            return Optional.empty();
        }
        String version = PyPiNames.version(project, file);
        String place = project + "/" + (version == null ? "-" : version) + "/" + file;
        return Optional.of(Resource.artifact("/files/" + project + "/" + key + "/" + file, place)
                .from(new Origin.Linked())
                .verifiedBy(new Checksum.Listed(page(project)))
                .of(new Coordinates("pypi", project, version)));
    }

    private static Optional<Resource> provenance(String asked, String version, String file) {
        if (!PyPiNames.isProject(asked) || !VERSION.matcher(version).matches() || !PyPiNames.isFile(file)) {
            return Optional.empty();
        }
        String project = PyPiNames.normalise(asked);
        String path = "/integrity/" + project + "/" + version + "/" + file + "/provenance";
        if (!asked.equals(project)) {
            return Optional.of(new Resource.Moved(path));
        }
        return Optional.of(Resource.index(path, project + "/provenance/" + version + "/" + file + ".json")
                .accepting("application/vnd.pypi.integrity.v1+json, application/json;q=0.5")
                .of(new Coordinates("pypi", project, version)));
    }

    private static boolean isLegacy(String[] parts, int at) {
        int last = parts.length - 1;
        return (last == at + 1 || last == at + 2) && parts[last].equals("json");
    }

    private static Optional<Resource> legacy(String[] parts, int at) {
        @Nullable String version = parts.length == at + 3 ? parts[at + 1] : null;
        if (!PyPiNames.isProject(parts[at])
                || (version != null && !VERSION.matcher(version).matches())) {
            return Optional.empty();
        }
        String project = PyPiNames.normalise(parts[at]);
        String path = "/pypi/" + project + (version == null ? "" : "/" + version) + "/json";
        String place = project + (version == null ? "/project.json" : "/json/" + version + ".json");
        return Optional.of(
                parts[at].equals(project)
                        ? Resource.index(path, place)
                                .accepting("application/json")
                                .of(new Coordinates("pypi", project, version))
                                .rendered(new Rendering("legacy", "application/json", new PyPiLegacy(project)))
                        : new Resource.Moved(path));
    }
}
