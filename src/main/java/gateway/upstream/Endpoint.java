package gateway.upstream;

import java.net.InetAddress;
import java.net.URI;
import java.util.Locale;
import java.util.Optional;

/** Scheme, host and port of a URL, with the defaults filled in; the host is in lower case and without brackets. */
record Endpoint(String scheme, String host, int port) {

    static Endpoint of(URI uri) {
        String scheme = uri.getScheme() == null ? "" : uri.getScheme().toLowerCase(Locale.ROOT);
        String host = uri.getHost();
        if (host == null || !(scheme.equals("http") || scheme.equals("https"))) {
            throw new IllegalArgumentException("not an http or https URL with a host");
        }
        int port = uri.getPort() >= 0 ? uri.getPort() : scheme.equals("https") ? 443 : 80;
        return new Endpoint(scheme, bare(host), port);
    }

    /** A host name as it is compared: without brackets, final dot and capitals. */
    static String bare(String host) {
        String plain = host.startsWith("[") && host.endsWith("]") ? host.substring(1, host.length() - 1) : host;
        plain = plain.endsWith(".") ? plain.substring(0, plain.length() - 1) : plain;
        return plain.toLowerCase(Locale.ROOT);
    }

    boolean secure() {
        return scheme.equals("https");
    }

    /** The address when the host is written in numbers; no name server is asked. */
    Optional<InetAddress> literal() {
        if (host.contains(":") || host.matches("[0-9.]+")) {
            try {
                return Optional.of(InetAddress.ofLiteral(host));
            } catch (IllegalArgumentException e) {
                return Optional.empty();
            }
        }
        return Optional.empty();
    }

    /** Whether the host is a number in one of the odd forms that some resolvers read as an address. */
    boolean disguised() {
        String last = host.substring(host.lastIndexOf('.') + 1);
        return !host.contains(":")
                && last.matches("0x[0-9a-f]*|[0-9]+")
                && literal().isEmpty();
    }

    /** For messages. */
    String shown() {
        String name = host.contains(":") ? "[" + host + "]" : host;
        return port == (secure() ? 443 : 80) ? name : name + ":" + port;
    }
}
