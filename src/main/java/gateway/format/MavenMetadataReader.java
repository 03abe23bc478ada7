package gateway.format;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;

/** Reads a {@code maven-metadata.xml}; elements that it does not know are left out. */
final class MavenMetadataReader {

    /** Comparing versions recurses: a longer one is no version but an attack. */
    private static final int LONGEST_VERSION = 255;

    private static final int DEEPEST = 16;

    private final Map<String, String> head = new LinkedHashMap<>();
    private final Map<String, String> versioning = new LinkedHashMap<>();
    private final Map<String, String> snapshot = new LinkedHashMap<>();
    private final Set<String> versions = new LinkedHashSet<>();
    private final List<Map<String, String>> snapshotVersions = new ArrayList<>();
    private final List<Map<String, String>> plugins = new ArrayList<>();

    private MavenMetadataReader() {}

    static MavenMetadata read(InputStream document) throws IOException {
        MavenMetadataReader read = new MavenMetadataReader();
        try {
            XMLStreamReader reader = input().createXMLStreamReader(document);
            read.document(reader);
            reader.close();
        } catch (XMLStreamException e) {
            throw new IOException("not a readable maven-metadata.xml: " + e.getMessage(), e);
        }
        return new MavenMetadata(
                read.head,
                read.versioning.get("latest"),
                read.versioning.get("release"),
                read.snapshot,
                read.versions,
                MavenMetadata.digits(read.versioning.get("lastUpdated")),
                read.snapshotVersions,
                read.plugins);
    }

    private static XMLInputFactory input() {
        XMLInputFactory factory = XMLInputFactory.newDefaultFactory();
        factory.setProperty(XMLInputFactory.SUPPORT_DTD, false);
        factory.setProperty(XMLInputFactory.IS_SUPPORTING_EXTERNAL_ENTITIES, false);
        factory.setProperty(XMLInputFactory.IS_COALESCING, true);
        return factory;
    }

    private void document(XMLStreamReader reader) throws XMLStreamException, IOException {
        List<String> open = new ArrayList<>();
        StringBuilder text = new StringBuilder();
        while (reader.hasNext()) {
            switch (reader.next()) {
                case XMLStreamConstants.START_ELEMENT -> {
                    open.add(reader.getLocalName());
                    if (open.size() > DEEPEST) {
                        throw new IOException("maven-metadata.xml nested too deeply");
                    }
                    text.setLength(0);
                    started(String.join("/", open));
                }
                case XMLStreamConstants.CHARACTERS -> text.append(reader.getText());
                case XMLStreamConstants.END_ELEMENT -> {
                    leaf(String.join("/", open), text.toString().strip());
                    text.setLength(0);
                    open.removeLast();
                }
                // Nothing that a repository manager writes has one, and all attacks on XML readers do.
                case XMLStreamConstants.DTD -> throw new IOException("maven-metadata.xml with a document type");
                default -> {}
            }
        }
    }

    private void started(String path) throws IOException {
        switch (path) {
            case "metadata/versioning/snapshotVersions/snapshotVersion" -> snapshotVersions.add(new LinkedHashMap<>());
            case "metadata/plugins/plugin" -> plugins.add(new LinkedHashMap<>());
            default -> {
                if (!path.equals("metadata") && !path.startsWith("metadata/")) {
                    throw new IOException("maven-metadata.xml with the root " + path);
                }
            }
        }
    }

    private void leaf(String path, String text) throws IOException {
        int slash = path.lastIndexOf('/');
        if (slash < 0 || text.isEmpty()) {
            return;
        }
        String name = path.substring(slash + 1);
        switch (path.substring(0, slash)) {
            case "metadata" -> head.put(name, text);
            case "metadata/versioning" -> versioning.put(name, version(text));
            case "metadata/versioning/versions" -> versions.add(version(text));
            case "metadata/versioning/snapshot" -> snapshot.put(name, text);
            case "metadata/versioning/snapshotVersions/snapshotVersion" ->
                snapshotVersions.getLast().put(name, text);
            case "metadata/plugins/plugin" -> plugins.getLast().put(name, text);
            default -> {}
        }
    }

    private static String version(String text) throws IOException {
        if (text.length() > LONGEST_VERSION) {
            throw new IOException("maven-metadata.xml with a version of " + text.length() + " characters");
        }
        return text;
    }
}
