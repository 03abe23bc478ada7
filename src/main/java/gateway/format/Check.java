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
}
