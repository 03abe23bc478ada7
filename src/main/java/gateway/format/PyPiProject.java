package gateway.format;

import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/**
 * The page of a project whose files are all held here.
 *
 * @param name in its normal spelling
 * @param files no two of one name
 */
public record PyPiProject(String name, List<File> files) {

    private static final Map<String, String> META = Map.of("api-version", "1.1");
    private static final String HEAD = """
            <!DOCTYPE html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="pypi:repository-version" content="1.1">
            <title>%1$s</title>
            </head>
            <body>
            <h1>%1$s</h1>
            """;
    private static final String FOOT = "</body>\n</html>\n";

    /**
     * A file of it.
     *
     * @param version null when nobody can tell
     * @param sha256 lower-case hex
     */
    public record File(
            String name, @Nullable String version, String sha256, long size, Instant published, PyPiDetails details) {

        /** @param root what leads from the page to the root of the registry, such as {@code ../../} */
        private String url(String root) {
            return root + "files/" + sha256 + "/" + Origin.encode(name);
        }
    }

    /** A page in one of its forms. */
    public record Page(String contentType, String text) {}

    /**
     * The page in the form that a client likes best; empty when it likes none of them.
     *
     * @param root what leads from the page to the root of the registry, such as {@code ../../}
     */
    public Optional<Page> page(Ask ask, String root) {
        return page(ask, json(root), () -> html(root));
    }

    /**
     * The list of all projects, likewise.
     *
     * @param folder what leads from the list to the projects' pages, empty when it stands in their folder
     */
    public static Optional<Page> all(Ask ask, List<String> names, String folder) {
        Map<String, Object> json = Map.of(
                "meta",
                META,
                "projects",
                names.stream().map(name -> Map.of("name", name)).toList());
        return page(ask, json, () -> {
            StringBuilder html = new StringBuilder(HEAD.formatted("Projects"));
            names.forEach(name -> html.append("<a href=\"%1$s%2$s/\">%2$s</a><br>\n".formatted(folder, name)));
            return html.append(FOOT).toString();
        });
    }

    private static Optional<Page> page(Ask ask, Map<String, Object> json, Supplier<String> html) {
        String type = PyPi.negotiated(ask);
        return Optional.ofNullable(type)
                .map(known -> new Page(
                        known, known.equals(PyPi.JSON) ? JsonMapper.shared().writeValueAsString(json) : html.get()));
    }

    private Map<String, Object> json(String root) {
        Map<String, Object> page = new LinkedHashMap<>();
        page.put("meta", META);
        page.put("name", name);
        page.put(
                "versions",
                files.stream()
                        .flatMap(file -> Optional.ofNullable(file.version()).stream())
                        .distinct()
                        .toList());
        List<Map<String, Object>> all = new ArrayList<>();
        for (File file : files) {
            Map<String, Object> one = new LinkedHashMap<>();
            one.put("filename", file.name());
            one.put("url", file.url(root));
            one.put("hashes", Map.of("sha256", file.sha256()));
            one.put("size", file.size());
            one.put("upload-time", file.published().toString());
            if (file.details().requiresPython() != null) {
                one.put("requires-python", file.details().requiresPython());
            }
            if (file.details().coreMetadata() != null) {
                Map<String, String> digest = Map.of("sha256", file.details().coreMetadata());
                one.put(PyPiFile.CORE_METADATA, digest);
                one.put(PyPiFile.DIST_INFO_METADATA, digest);
            }
            all.add(one);
        }
        page.put("files", all);
        return page;
    }

    private String html(String root) {
        StringBuilder html = new StringBuilder(HEAD.formatted("Links for " + name));
        for (File file : files) {
            html.append("<a href=\"")
                    .append(PyPiHtml.escape(file.url(root)))
                    .append("#sha256=")
                    .append(file.sha256());
            html.append('"');
            String requires = file.details().requiresPython();
            if (requires != null) {
                html.append(" data-requires-python=\"")
                        .append(PyPiHtml.escape(requires))
                        .append('"');
            }
            String metadata = file.details().coreMetadata();
            if (metadata != null) {
                html.append(" data-core-metadata=\"sha256=").append(metadata);
                html.append("\" data-dist-info-metadata=\"sha256=")
                        .append(metadata)
                        .append('"');
            }
            html.append('>').append(PyPiHtml.escape(file.name())).append("</a><br>\n");
        }
        return html.append(FOOT).toString();
    }
}
