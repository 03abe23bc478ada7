package gateway.settings;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The address the server listens on.
 *
 * @param host a name or an IP address, IPv6 in brackets; empty for every interface
 * @param port 0 for any free one
 */
public record Listen(String host, int port) {

    private static final Pattern FORM = Pattern.compile("(\\[[0-9A-Fa-f:.]+]|[A-Za-z0-9.-]*):([0-9]{1,5})");
    private static final Pattern NUMBERS = Pattern.compile("[0-9.]+");
    private static final String EXAMPLES = "write for example :8080, 127.0.0.1:3000 or [::1]:8080";

    static Listen parse(String text) {
        Matcher form = FORM.matcher(text);
        if (!form.matches()) {
            throw new Rejected("is not an address; " + EXAMPLES);
        }
        String host = form.group(1).toLowerCase(Locale.ROOT);
        boolean literal = host.startsWith("[") || NUMBERS.matcher(host).matches();
        if (literal && Cidr.address(host.replaceAll("[\\[\\]]", "")).isEmpty()) {
            throw new Rejected("is not an address; " + EXAMPLES);
        }
        int port = Integer.parseInt(form.group(2));
        if (port > 65535) {
            throw new Rejected("has a port above 65535");
        }
        return new Listen(host, port);
    }

    /** Whether every interface is meant. */
    public boolean isWildcard() {
        return host.isEmpty() || host.equals("0.0.0.0") || host.equals("[::]");
    }

    /** Whether only this machine can reach it. A name other than localhost counts as reachable from outside. */
    public boolean isLoopback() {
        return host.equals("localhost")
                || Cidr.address(host.replaceAll("[\\[\\]]", ""))
                        .filter(a -> a.isLoopbackAddress())
                        .isPresent();
    }

    /** In the form in which it is written: {@code :8080}. */
    @Override
    public String toString() {
        return host + ":" + port;
    }
}
