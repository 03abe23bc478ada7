package gateway.format;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.jsoup.nodes.Attribute;
import org.jsoup.nodes.Element;
import org.jsoup.nodes.Node;
import org.jsoup.parser.Parser;
import org.jsoup.parser.StreamParser;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.databind.JsonNode;

/** Reads a project page in either of its forms, file by file. */
final class PyPiPage {

    /** What a page holds, in its own order. */
    interface Visitor {

        /** Something said of the whole page, by its name in HTML, for example {@code pypi:repository-version}. */
        void meta(String name, String content) throws IOException;

        void file(PyPiFile file) throws IOException;
    }

    private PyPiPage() {}

    /** The same bytes, to be asked for their form before they are read. */
    static BufferedInputStream buffered(InputStream document) {
        return new BufferedInputStream(document, 1 << 16);
    }

    /** Whether the page is JSON; the bytes decide when the upstream does not say. */
    static boolean isJson(BufferedInputStream document, LinkReader.Source source) throws IOException {
        String type = source.contentType().toLowerCase(Locale.ROOT);
        if (type.contains("json") || type.contains("html")) {
            return type.contains("json");
        }
        document.mark(64);
        int first = document.read();
        for (int i = 1; i < 64 && first >= 0 && first <= ' '; i++) {
            first = document.read();
        }
        document.reset();
        return first == '{';
    }

    /**
     * Reads all of it.
     *
     * @throws IOException when it is neither form of a project page: some hosts answer everything with a log-in form
     */
    static void read(InputStream document, LinkReader.Source source, Visitor visitor) throws IOException {
        BufferedInputStream in = buffered(document);
        if (isJson(in, source)) {
            readJson(in, source, visitor);
        } else {
            readHtml(in, source, visitor);
        }
    }

    private static void readJson(InputStream document, LinkReader.Source source, Visitor visitor) throws IOException {
        boolean listed = false;
        try (JsonParser in = PyPiJson.JSON.createParser(document)) {
            PyPiJson.begin(in, source);
            for (String key = in.nextName(); key != null; key = in.nextName()) {
                if (in.nextToken() == JsonToken.START_ARRAY && key.equals("files")) {
                    listed = true;
                    while (in.nextToken() != JsonToken.END_ARRAY) {
                        PyPiFile file = PyPiFile.ofJson(in.readValueAsTree(), source.url());
                        if (file != null) {
                            visitor.file(file);
                        }
                    }
                } else if (key.equals("meta")) {
                    meta(in.readValueAsTree(), "api-version", "pypi:repository-version", visitor);
                } else if (key.equals("project-status")) {
                    JsonNode status = in.readValueAsTree();
                    meta(status, "status", "pypi:project-status", visitor);
                    meta(status, "reason", "pypi:project-status-reason", visitor);
                } else if (key.equals("tracks") || key.equals("alternate-locations")) {
                    JsonNode urls = in.readValueAsTree();
                    for (JsonNode url : urls) {
                        visitor.meta("pypi:" + key, url.asString(""));
                    }
                } else {
                    in.skipChildren();
                }
            }
        } catch (JacksonException e) {
            throw PyPiJson.unreadable(e, source);
        }
        if (!listed) {
            throw new IOException("no project page: it lists no files: " + source.url());
        }
    }

    private static void meta(JsonNode node, String key, String name, Visitor visitor) throws IOException {
        if (node.path(key).isString()) {
            visitor.meta(name, node.path(key).asString());
        }
    }

    private static void readHtml(InputStream document, LinkReader.Source source, Visitor visitor) throws IOException {
        URI base = source.url();
        boolean based = false;
        boolean page = false;
        try (StreamParser parser = new StreamParser(Parser.htmlParser())) {
            parser.parse(new InputStreamReader(document, charset(source.contentType())), "");
            for (Iterator<Element> elements = parser.iterator(); elements.hasNext(); ) {
                Element element = elements.next();
                switch (element.normalName()) {
                    case "base" -> {
                        String href = based ? null : PyPiUrls.absolute(source.url(), element.attr("href"));
                        based |= href != null;
                        base = href == null ? base : URI.create(href);
                    }
                    case "meta" -> page |= meta(element, visitor);
                    case "a" -> page |= anchor(element, base, visitor);
                    default -> {}
                }
                forget(element);
            }
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
        if (!page) {
            throw new IOException("no project page: neither a file nor a repository version: " + source.url());
        }
    }

    private static boolean meta(Element element, Visitor visitor) throws IOException {
        String name = element.attr("name").toLowerCase(Locale.ROOT);
        if (name.startsWith("pypi:")) {
            visitor.meta(name, element.attr("content"));
        }
        return name.equals("pypi:repository-version");
    }

    private static boolean anchor(Element element, URI base, Visitor visitor) throws IOException {
        Map<String, String> data = new LinkedHashMap<>();
        for (Attribute attribute : element.attributes()) {
            if (attribute.getKey().startsWith("data-")) {
                data.put(attribute.getKey(), attribute.getValue());
            }
        }
        PyPiFile file = PyPiFile.ofAnchor(element.attr("href"), element.text(), data, base);
        if (file != null) {
            visitor.file(file);
        }
        return file != null;
    }

    /** The parser would keep the whole document; what was seen is not needed again. */
    private static void forget(Element element) {
        if (element.normalName().equals("a") || element.normalName().equals("br")) {
            @Nullable Node before = element.previousSibling();
            if (before != null) {
                before.remove();
            }
            element.remove();
        }
    }

    private static Charset charset(String contentType) {
        int at = contentType.toLowerCase(Locale.ROOT).indexOf("charset=");
        if (at >= 0) {
            String name = contentType.substring(at + "charset=".length()).replace("\"", "");
            int end = name.indexOf(';');
            try {
                return Charset.forName((end < 0 ? name : name.substring(0, end)).strip());
            } catch (IllegalArgumentException e) {
                return StandardCharsets.UTF_8;
            }
        }
        return StandardCharsets.UTF_8;
    }
}
