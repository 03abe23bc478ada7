package gateway.format;

import java.io.IOException;
import java.io.InputStream;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;

/** Reads where a package is, and its digest, out of its entry in a feed. */
record NuGetV2Entry(NuGetId.Version of) implements LinkReader {

    @Override
    public void read(InputStream document, Source source, Consumer<Link> links) throws IOException {
        Map<String, String> entry = new HashMap<>();
        try {
            XMLStreamReader xml = NuGetV2Document.input().createXMLStreamReader(document);
            while (xml.hasNext()) {
                int event = xml.next();
                if (event == XMLStreamConstants.START_ELEMENT) {
                    switch (xml.getLocalName()) {
                        case "content" -> entry.put("src", String.valueOf(xml.getAttributeValue(null, "src")));
                        case "PackageHash", "PackageHashAlgorithm", "PackageSize", "Published", "Created" ->
                            entry.put(xml.getLocalName(), xml.getElementText().strip());
                        default -> {}
                    }
                }
                NuGetV2Document.refuse(event);
            }
        } catch (XMLStreamException e) {
            throw new IOException("not a readable feed: " + e.getMessage(), e);
        }
        NpmPackage.fetchable(entry.getOrDefault("src", "null"), source.url())
                .filter(url -> entry.containsKey("src"))
                .map(url -> new Link(
                        NuGetV2.path(of),
                        url,
                        NuGetCatalog.checksum(
                                entry.getOrDefault("PackageHashAlgorithm", "SHA512"),
                                entry.getOrDefault("PackageHash", "")),
                        of.coordinates(),
                        NuGetCatalog.size(entry.getOrDefault("PackageSize", "")),
                        NuGetCatalog.published(entry.getOrDefault("Created", entry.getOrDefault("Published", "")))))
                .ifPresent(links);
    }
}
