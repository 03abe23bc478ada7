package gateway.format;

import java.io.BufferedWriter;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;

/** Copies a feed, one element at a time, and leads its links through this gateway. */
final class NuGetV2Document {

    private static final Pattern ENTRY = Pattern.compile(".*Packages\\(Id='([^']+)',\\s*Version='([^']+)'\\)");

    private final XMLStreamReader xml;
    private final Writer out;
    private final URI base;

    /** The upstream's feed: a link to it, whatever host names it, is one to ours. */
    private final String theirs;

    private final String host;
    private String content = "";

    /** Whether the start of an element is still to be ended. */
    private boolean open = false;

    private NuGetV2Document(XMLStreamReader xml, URI document, URI base, Writer out) {
        this.xml = xml;
        this.out = out;
        this.base = base;
        this.host = document.getRawAuthority();
        String path = document.getRawPath();
        this.theirs = path.substring(0, path.lastIndexOf('/'));
    }

    static void render(InputStream document, LinkReader.Source source, URI base, OutputStream out) throws IOException {
        Writer writer = new BufferedWriter(new OutputStreamWriter(out, StandardCharsets.UTF_8));
        try {
            XMLStreamReader xml = input().createXMLStreamReader(document);
            new NuGetV2Document(xml, source.url(), base, writer).copy();
        } catch (XMLStreamException e) {
            throw new IOException("not a readable feed: " + e.getMessage(), e);
        }
        writer.flush();
    }

    static XMLInputFactory input() {
        XMLInputFactory factory = XMLInputFactory.newDefaultFactory();
        factory.setProperty(XMLInputFactory.SUPPORT_DTD, false);
        factory.setProperty(XMLInputFactory.IS_SUPPORTING_EXTERNAL_ENTITIES, false);
        return factory;
    }

    /** No feed has a document type, and all attacks on XML readers do. */
    static void refuse(int event) throws IOException {
        if (event == XMLStreamConstants.DTD) {
            throw new IOException("a feed with a document type");
        }
    }

    private void copy() throws XMLStreamException, IOException {
        out.write("<?xml version=\"1.0\" encoding=\"utf-8\"?>\n");
        while (xml.hasNext()) {
            int event = xml.next();
            refuse(event);
            switch (event) {
                case XMLStreamConstants.START_ELEMENT -> start();
                case XMLStreamConstants.END_ELEMENT -> end();
                case XMLStreamConstants.CHARACTERS, XMLStreamConstants.CDATA, XMLStreamConstants.SPACE ->
                    text(xml.getText());
                default -> {}
            }
        }
    }

    private void start() throws XMLStreamException, IOException {
        text("");
        String element = xml.getLocalName();
        out.write("<" + name(xml.getPrefix(), element));
        open = true;
        for (int i = 0; i < xml.getNamespaceCount(); i++) {
            String prefix = xml.getNamespacePrefix(i);
            attribute(prefix == null ? "xmlns" : "xmlns:" + prefix, xml.getNamespaceURI(i));
        }
        for (int i = 0; i < xml.getAttributeCount(); i++) {
            String attribute = xml.getAttributeLocalName(i);
            attribute(name(xml.getAttributePrefix(i), attribute), link(element, attribute, xml.getAttributeValue(i)));
        }
        if (element.equals("id")) {
            String address = xml.getElementText();
            entry(address);
            text(ours(address));
            end();
        }
    }

    private void text(String text) throws IOException {
        if (open) {
            out.write(">");
            open = false;
        }
        escape(text);
    }

    /** Old clients refuse a package's content element that could hold something. */
    private void end() throws IOException {
        out.write(open ? "/>" : "</" + name(xml.getPrefix(), xml.getLocalName()) + ">");
        open = false;
    }

    private String link(String element, String attribute, String value) {
        return switch (attribute) {
            case "base", "href" -> ours(value);
            case "src" -> element.equals("content") && !content.isEmpty() ? content : ours(value);
            default -> value;
        };
    }

    /** The address of an entry names its package, whose file is then served under a path of ours. */
    private void entry(String address) {
        Matcher matcher = ENTRY.matcher(address.strip());
        content = !matcher.matches()
                ? ""
                : NuGetId.of(matcher.group(1))
                        .flatMap(id -> id.at(matcher.group(2)))
                        // In the feed's own spelling, in which its entry is asked for again.
                        .map(of -> base + NuGetV2.PATH + "/package/" + matcher.group(1) + "/" + matcher.group(2))
                        .orElse("");
    }

    private String ours(String url) {
        String text = url.strip();
        URI uri = NuGetLinks.uri(text);
        if (uri == null || uri.getScheme() == null || uri.getRawAuthority() == null) {
            return url;
        }
        String below = text.substring(prefix(uri));
        boolean known = !theirs.isEmpty() || uri.getRawAuthority().equals(host);
        boolean inside = below.equals(theirs) || below.startsWith(theirs + "/");
        return known && inside ? base + NuGetV2.PATH + below.substring(theirs.length()) : url;
    }

    private static int prefix(URI uri) {
        return uri.getScheme().length() + "://".length() + uri.getRawAuthority().length();
    }

    private static String name(@org.jspecify.annotations.Nullable String prefix, String local) {
        return prefix == null || prefix.isEmpty() ? local : prefix + ":" + local;
    }

    private void attribute(String name, @org.jspecify.annotations.Nullable String value) throws IOException {
        out.write(" " + name + "=\"");
        escape(value == null ? "" : value);
        out.write("\"");
    }

    private void escape(String text) throws IOException {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '&' -> out.write("&amp;");
                case '<' -> out.write("&lt;");
                case '>' -> out.write("&gt;");
                case '"' -> out.write("&quot;");
                case '\r' -> out.write("&#xD;");
                default -> out.write(c);
            }
        }
    }
}
