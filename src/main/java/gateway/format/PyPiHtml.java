package gateway.format;

import java.io.BufferedWriter;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * Renders a project page as HTML.
 *
 * @param up what leads from the page to the mount, for example {@code ../../}
 */
record PyPiHtml(String project, String up) implements Rendering.Renderer {

    private static final Pattern ATTRIBUTE = Pattern.compile("data-[a-z0-9_.-]+");

    @Override
    public void render(InputStream document, LinkReader.Source source, URI base, OutputStream target)
            throws IOException {
        Writer out = new BufferedWriter(new OutputStreamWriter(target, StandardCharsets.UTF_8));
        Page page = new Page(out, source.url());
        PyPiPage.read(document, source, page);
        page.end();
        out.flush();
    }

    /** The page while it is written. */
    private final class Page implements PyPiPage.Visitor {

        private final Writer out;
        private final URI source;
        private final StringBuilder metas = new StringBuilder();
        private boolean begun;
        private boolean versioned;

        Page(Writer out, URI source) {
            this.out = out;
            this.source = source;
        }

        @Override
        public void meta(String name, String content) {
            boolean version = name.equals("pypi:repository-version");
            // A version read after the first file comes too late for the head, which has told one.
            if (!version || !begun) {
                versioned |= version;
                metas.append("<meta name=\"").append(escape(name)).append("\" content=\"");
                metas.append(escape(content)).append("\">\n");
            }
        }

        @Override
        public void file(PyPiFile file) throws IOException {
            begin();
            out.write("<a href=\"" + escape(PyPiJson.relative(up, file.path(project))));
            if (!file.fragment().isEmpty()) {
                out.write("#" + escape(file.fragment()));
            }
            out.write("\"");
            for (Map.Entry<String, String> attribute : file.attributes().entrySet()) {
                String key = attribute.getKey();
                String value = attribute.getValue();
                if (ATTRIBUTE.matcher(key).matches()) {
                    String shown = key.equals("data-provenance") ? PyPiJson.provenance(up, value, source) : value;
                    out.write(" " + key + "=\"" + escape(shown) + "\"");
                }
            }
            out.write(">" + escape(file.name()) + "</a><br>\n");
        }

        void end() throws IOException {
            begin();
            out.write(metas.toString());
            out.write("</body>\n</html>\n");
        }

        private void begin() throws IOException {
            if (!begun) {
                begun = true;
                out.write("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n");
                out.write(versioned ? "" : "<meta name=\"pypi:repository-version\" content=\"1.0\">\n");
                out.write(metas.toString());
                metas.setLength(0);
                out.write("<title>Links for " + project + "</title>\n</head>\n<body>\n");
                out.write("<h1>Links for " + project + "</h1>\n");
            }
        }
    }

    static String escape(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;");
    }
}
