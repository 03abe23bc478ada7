package gateway.format;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;

/**
 * Another form of a stored index that clients are given: links rewritten, or another content type.
 *
 * @param name names the form among the forms of one index; it becomes part of a file name
 * @param contentType of the result
 * @param renderer makes it
 */
public record Rendering(String name, String contentType, Renderer renderer) {

    /** Makes the form from the stored document, streaming, in bounded memory; runs on a worker. */
    @FunctionalInterface
    public interface Renderer {

        /**
         * @param base public URL of the mount, without a trailing slash: every rewritten link begins with it
         * @throws Absent when the document says that what was asked does not exist
         * @throws IOException when the document cannot be read as what it claims to be
         */
        void render(InputStream document, LinkReader.Source source, URI base, OutputStream out) throws IOException;
    }

    /** What was asked is not in the document: the client sees 404. */
    public static final class Absent extends IOException {
        private static final long serialVersionUID = 1;

        public Absent(String message) {
            super(message);
        }
    }
}
