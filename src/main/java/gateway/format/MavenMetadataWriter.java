package gateway.format;

import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import java.util.Map;
import javax.xml.stream.XMLOutputFactory;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamWriter;
import org.jspecify.annotations.Nullable;

/** Writes a {@code maven-metadata.xml}, one element a line. */
final class MavenMetadataWriter {

    private final XMLStreamWriter writer;

    private MavenMetadataWriter(XMLStreamWriter writer) {
        this.writer = writer;
    }

    static void write(MavenMetadata metadata, OutputStream out) throws IOException {
        try {
            XMLStreamWriter writer = XMLOutputFactory.newDefaultFactory().createXMLStreamWriter(out, "UTF-8");
            writer.writeStartDocument("UTF-8", "1.0");
            new MavenMetadataWriter(writer).metadata(metadata);
            writer.writeCharacters("\n");
            writer.writeEndDocument();
            writer.close();
        } catch (XMLStreamException e) {
            throw new IOException(e);
        }
    }

    private void metadata(MavenMetadata metadata) throws XMLStreamException {
        line(0);
        writer.writeStartElement("metadata");
        writer.writeAttribute("modelVersion", "1.1.0");
        leaves(1, metadata.head(), "groupId", "artifactId", "version");
        element(1, "versioning", !metadata.saysVersions(), () -> versioning(metadata));
        list(1, "plugins", "plugin", metadata.plugins(), "name", "prefix", "artifactId");
        line(0);
        writer.writeEndElement();
    }

    private void versioning(MavenMetadata metadata) throws XMLStreamException {
        leaf(2, "latest", metadata.latest());
        leaf(2, "release", metadata.release());
        element(
                2,
                "snapshot",
                metadata.snapshot().isEmpty(),
                () -> leaves(3, metadata.snapshot(), "timestamp", "buildNumber", "localCopy"));
        element(2, "versions", metadata.versions().isEmpty(), () -> {
            for (String version : metadata.versions()) {
                leaf(3, "version", version);
            }
        });
        leaf(2, "lastUpdated", metadata.lastUpdated());
        list(
                2,
                "snapshotVersions",
                "snapshotVersion",
                metadata.snapshotVersions(),
                "classifier",
                "extension",
                "value",
                "updated");
    }

    private void list(int depth, String name, String item, List<Map<String, String>> items, String... leaves)
            throws XMLStreamException {
        element(depth, name, items.isEmpty(), () -> {
            for (Map<String, String> one : items) {
                element(depth + 1, item, false, () -> leaves(depth + 2, one, leaves));
            }
        });
    }

    private void leaves(int depth, Map<String, String> values, String... names) throws XMLStreamException {
        for (String name : names) {
            leaf(depth, name, values.get(name));
        }
    }

    private void leaf(int depth, String name, @Nullable String text) throws XMLStreamException {
        if (text != null && !text.isEmpty()) {
            line(depth);
            writer.writeStartElement(name);
            writer.writeCharacters(text);
            writer.writeEndElement();
        }
    }

    private void element(int depth, String name, boolean empty, Content content) throws XMLStreamException {
        if (!empty) {
            line(depth);
            writer.writeStartElement(name);
            content.write();
            line(depth);
            writer.writeEndElement();
        }
    }

    private void line(int depth) throws XMLStreamException {
        writer.writeCharacters("\n" + "  ".repeat(depth));
    }

    /** What stands inside an element. */
    @FunctionalInterface
    private interface Content {
        void write() throws XMLStreamException;
    }
}
