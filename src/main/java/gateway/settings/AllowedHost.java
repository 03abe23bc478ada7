package gateway.settings;

import java.net.InetAddress;
import java.util.Locale;
import java.util.regex.Pattern;

/** A host on a private network that redirects may lead to. */
public sealed interface AllowedHost permits Cidr, AllowedHost.Name {

    /**
     * Whether a call is allowed.
     *
     * @param host as it stands in the URL
     * @param address what it resolved to
     */
    boolean allows(String host, InetAddress address);

    static AllowedHost parse(String text) {
        if (text.contains("/")
                || text.contains(":")
                || Name.NUMBERS.matcher(text).matches()) {
            return Cidr.parse(text);
        }
        if (!Name.FORM.matcher(text).matches()) {
            throw new Rejected("is neither a network nor a host; write for example 10.1.0.0/16 or registry.internal");
        }
        return new Name(text.toLowerCase(Locale.ROOT));
    }

    /** Exactly this host name, in lower case, whatever it resolves to. */
    record Name(String name) implements AllowedHost {

        private static final Pattern NUMBERS = Pattern.compile("[0-9.]+");
        private static final Pattern FORM = Pattern.compile("\\w[\\w-]*(?:\\.\\w[\\w-]*)*+");

        @Override
        public boolean allows(String host, InetAddress address) {
            String plain = host.endsWith(".") ? host.substring(0, host.length() - 1) : host;
            return plain.equalsIgnoreCase(name);
        }
    }
}
