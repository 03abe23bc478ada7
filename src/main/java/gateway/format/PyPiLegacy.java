package gateway.format;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.util.function.BiConsumer;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.databind.node.ObjectNode;

/** Rewrites the links of the older JSON document of a project or of one version, which must be absolute. */
record PyPiLegacy(String project) implements Rendering.Renderer {

    @Override
    public void render(InputStream document, LinkReader.Source source, URI base, OutputStream target)
            throws IOException {
        BiConsumer<PyPiFile, ObjectNode> relink =
                (file, node) -> node.put("url", base + Origin.encode(file.path(project)));
        try (JsonParser in = PyPiJson.JSON.createParser(document);
                JsonGenerator out = PyPiJson.JSON.createGenerator(target)) {
            PyPiJson.begin(in, source);
            out.writeStartObject();
            for (String key = in.nextName(); key != null; key = in.nextName()) {
                out.writeName(key);
                JsonToken value = in.nextToken();
                if (key.equals("urls") && value == JsonToken.START_ARRAY) {
                    PyPiJson.files(in, out, source.url(), relink);
                } else if (key.equals("releases") && value == JsonToken.START_OBJECT) {
                    releases(in, out, source.url(), relink);
                } else {
                    out.copyCurrentStructureExact(in);
                }
            }
            out.writeEndObject();
        } catch (JacksonException e) {
            throw PyPiJson.unreadable(e, source);
        }
    }

    private static void releases(JsonParser in, JsonGenerator out, URI page, BiConsumer<PyPiFile, ObjectNode> relink) {
        out.writeStartObject();
        for (String version = in.nextName(); version != null; version = in.nextName()) {
            out.writeName(version);
            if (in.nextToken() == JsonToken.START_ARRAY) {
                PyPiJson.files(in, out, page, relink);
            } else {
                out.copyCurrentStructureExact(in);
            }
        }
        out.writeEndObject();
    }
}
