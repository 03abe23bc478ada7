package gateway.format;

import java.io.IOException;
import java.io.InputStream;

/** Looks at an artifact's finished bytes before anybody sees the end of them. */
@FunctionalInterface
public interface Check {

    /**
     * Reads as much as it needs.
     *
     * @throws IOException when the bytes are not what they should be, with a message fit for the client
     */
    void check(InputStream bytes) throws IOException;

    /**
     * A check by what another document says, which is held or fetched before.
     *
     * @param document without it the bytes are refused
     * @param most length of the document in bytes
     * @param reader makes the check
     */
    record By(Artifact document, int most, Reader reader) {}

    /** Makes a check of a document. */
    @FunctionalInterface
    interface Reader {

        /** @throws IOException when the document cannot be read as what it claims to be */
        Check read(byte[] document) throws IOException;
    }
}
