package gateway.format;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.util.function.Consumer;

/** Reads the links out of an index, one pass, in bounded memory. */
@FunctionalInterface
public interface LinkReader {

    /**
     * @param document the index as the upstream sent it; closed by the caller
     * @param source what the document is and where it came from
     * @throws IOException when the document cannot be read as what it claims to be
     */
    void read(InputStream document, Source source, Consumer<Link> links) throws IOException;

    /**
     * @param url the document's final URL after redirects, against which relative links resolve
     * @param contentType the upstream's {@code Content-Type}, empty when it sent none
     */
    record Source(URI url, String contentType) {}
}
