package gateway.format;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.StringReader;

/** Takes the text out of a clearsigned document (RFC 9580, section 7); the signature is for clients to check. */
final class DebianClearsign {

    private static final String HEADER = "-----BEGIN PGP SIGNED MESSAGE-----";
    private static final String SIGNATURE = "-----BEGIN PGP SIGNATURE-----";
    private static final String END = "-----END PGP SIGNATURE-----";

    private DebianClearsign() {}

    /** @throws IOException when it is not clearsigned, when it is cut, or when anything stands around it */
    static BufferedReader text(BufferedReader document) throws IOException {
        if (!HEADER.equals(next(document))) {
            throw new IOException("not clearsigned: " + HEADER + " is missing");
        }
        String line = next(document);
        while (!line.isEmpty()) {
            line = next(document);
        }
        StringBuilder text = new StringBuilder();
        for (line = next(document); !line.equals(SIGNATURE); line = next(document)) {
            text.append(line.startsWith("- ") ? line.substring(2) : line).append('\n');
        }
        while (!line.equals(END)) {
            line = next(document);
        }
        for (String rest = document.readLine(); rest != null; rest = document.readLine()) {
            if (!rest.isBlank()) {
                throw new IOException("clearsigned document with text behind its signature");
            }
        }
        return new BufferedReader(new StringReader(text.toString()));
    }

    private static String next(BufferedReader document) throws IOException {
        String line = document.readLine();
        if (line == null) {
            throw new IOException("clearsigned document without its end");
        }
        return line.stripTrailing();
    }
}
