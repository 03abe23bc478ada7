package gateway.format;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.util.Map;
import java.util.function.BiConsumer;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.StreamWriteFeature;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * Renders a project page as JSON: a copy with other links where the upstream sent JSON.
 *
 * @param up what leads from the page to the mount, for example {@code ../../}
 */
record PyPiJson(String project, String up) implements Rendering.Renderer {

    /** Closes nothing by itself: a document that breaks off must not be completed with brackets. */
    static final JsonMapper JSON = JsonMapper.builder(JsonFactory.builder()
                    .disable(StreamReadFeature.AUTO_CLOSE_SOURCE)
                    .disable(StreamWriteFeature.AUTO_CLOSE_TARGET)
                    .disable(StreamWriteFeature.AUTO_CLOSE_CONTENT)
                    .build())
            .disable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .build();

    @Override
    public void render(InputStream document, LinkReader.Source source, URI base, OutputStream out) throws IOException {
        BufferedInputStream in = PyPiPage.buffered(document);
        if (PyPiPage.isJson(in, source)) {
            copy(in, source, out);
        } else {
            fromHtml(in, source, out);
        }
    }

    /** What a relative link from the page must be, for a file or for what belongs to it. */
    static String relative(String up, String path) {
        return up + Origin.encode(path.substring(1));
    }

    /** A link to attestations that our own route serves stays on this gateway; any other is left as it is. */
    static String provenance(String up, String link, URI page) {
        String ours = page.resolve("../../integrity/").toString();
        String url = PyPiUrls.absolute(page, link);
        return url != null && url.startsWith(ours) ? up + "integrity/" + url.substring(ours.length()) : link;
    }

    static void begin(JsonParser in, LinkReader.Source source) throws IOException {
        if (in.nextToken() != JsonToken.START_OBJECT) {
            throw new IOException("no project page: not a JSON object: " + source.url());
        }
    }

    static IOException unreadable(JacksonException e, LinkReader.Source source) {
        return e.getCause() instanceof IOException broken
                ? broken
                : new IOException("no project page: " + e.getOriginalMessage() + ": " + source.url(), e);
    }

    /** Copies an array of files, each with the changes made to it; those that cannot be served are left out. */
    static void files(JsonParser in, JsonGenerator out, URI page, BiConsumer<PyPiFile, ObjectNode> change) {
        out.writeStartArray();
        while (in.nextToken() != JsonToken.END_ARRAY) {
            if (in.readValueAsTree() instanceof ObjectNode node) {
                PyPiFile file = PyPiFile.ofJson(node, page);
                if (file != null) {
                    change.accept(file, node);
                    out.writeTree(node);
                }
            }
        }
        out.writeEndArray();
    }

    private void copy(InputStream document, LinkReader.Source source, OutputStream target) throws IOException {
        boolean listed = false;
        try (JsonParser in = JSON.createParser(document);
                JsonGenerator out = JSON.createGenerator(target)) {
            begin(in, source);
            out.writeStartObject();
            for (String key = in.nextName(); key != null; key = in.nextName()) {
                out.writeName(key);
                if (in.nextToken() == JsonToken.START_ARRAY && key.equals("files")) {
                    listed = true;
                    files(in, out, source.url(), (file, node) -> relink(file, node, source.url()));
                } else {
                    out.copyCurrentStructureExact(in);
                }
            }
            out.writeEndObject();
        } catch (JacksonException e) {
            throw unreadable(e, source);
        }
        if (!listed) {
            throw new IOException("no project page: it lists no files: " + source.url());
        }
    }

    private void relink(PyPiFile file, ObjectNode node, URI page) {
        node.put("url", relative(up, file.path(project)));
        if (node.path("provenance").isString()) {
            node.put("provenance", provenance(up, node.path("provenance").asString(), page));
        }
    }

    private void fromHtml(InputStream document, LinkReader.Source source, OutputStream target) throws IOException {
        try (JsonGenerator out = JSON.createGenerator(target)) {
            out.writeStartObject();
            out.writeName("meta").writeStartObject();
            out.writeStringProperty("api-version", "1.0").writeEndObject();
            out.writeStringProperty("name", project);
            out.writeName("files").writeStartArray();
            PyPiPage.read(document, source, new PyPiPage.Visitor() {
                @Override
                public void meta(String name, String content) {
                    // What HTML says of the whole page has no place in version 1.0 of the JSON form.
                }

                @Override
                public void file(PyPiFile file) {
                    write(out, file, source.url());
                }
            });
            out.writeEndArray().writeEndObject();
        } catch (JacksonException e) {
            throw unreadable(e, source);
        }
    }

    private void write(JsonGenerator out, PyPiFile file, URI page) {
        out.writeStartObject();
        out.writeStringProperty("filename", file.name());
        out.writeStringProperty("url", relative(up, file.path(project)));
        hashes(out, "hashes", file.hashes());
        for (Map.Entry<String, String> attribute : file.attributes().entrySet()) {
            String key = attribute.getKey().substring("data-".length());
            String value = attribute.getValue();
            switch (key) {
                case "requires-python" -> out.writeStringProperty(key, value);
                case "provenance" -> out.writeStringProperty(key, provenance(up, value, page));
                case "gpg-sig" -> out.writeBooleanProperty(key, value.equals("true"));
                case PyPiFile.CORE_METADATA, PyPiFile.DIST_INFO_METADATA -> metadata(out, key, value);
                case "yanked" -> {
                    if (value.isEmpty()) {
                        out.writeBooleanProperty(key, true);
                    } else {
                        out.writeStringProperty(key, value);
                    }
                }
                default -> {}
            }
        }
        out.writeEndObject();
    }

    private static void metadata(JsonGenerator out, String key, String value) {
        int equals = value.indexOf('=');
        if (equals > 0) {
            hashes(out, key, Map.of(value.substring(0, equals), value.substring(equals + 1)));
        } else {
            out.writeBooleanProperty(key, !value.equals("false"));
        }
    }

    private static void hashes(JsonGenerator out, String key, Map<String, String> hashes) {
        out.writeName(key).writeStartObject();
        hashes.forEach(out::writeStringProperty);
        out.writeEndObject();
    }
}
