package gateway.settings;

import java.net.InetAddress;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A block of IP addresses.
 *
 * @param network its first address
 * @param prefix how many leading bits are fixed
 */
public record Cidr(InetAddress network, int prefix) implements AllowedHost {

    private static final Pattern IPV4 = Pattern.compile("[0-9]{1,3}(\\.[0-9]{1,3}){3}");
    private static final Pattern IPV6 = Pattern.compile("[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*");
    private static final Pattern PREFIX = Pattern.compile("[0-9]{1,3}");

    static Cidr parse(String text) {
        int slash = text.indexOf('/');
        InetAddress network =
                address(slash < 0 ? text : text.substring(0, slash)).orElseThrow(Cidr::malformed);
        int bits = network.getAddress().length * 8;
        if (slash < 0) {
            return new Cidr(network, bits);
        }
        String digits = text.substring(slash + 1);
        if (!PREFIX.matcher(digits).matches() || Integer.parseInt(digits) > bits) {
            throw malformed();
        }
        Cidr cidr = new Cidr(network, Integer.parseInt(digits));
        if (!cidr.first().equals(network)) {
            throw new Rejected(
                    "is not the start of a network; write " + cidr.first().getHostAddress() + "/" + digits);
        }
        return cidr;
    }

    private static Rejected malformed() {
        return new Rejected("is not a network; write for example 10.1.0.0/16 or fd00::/8");
    }

    /** An address written in numbers; never asks a name server. */
    static Optional<InetAddress> address(String text) {
        if (!IPV4.matcher(text).matches() && !IPV6.matcher(text).matches()) {
            return Optional.empty();
        }
        try {
            return Optional.of(InetAddress.ofLiteral(text));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /** Whether the address lies in this block. */
    public boolean contains(InetAddress address) {
        byte[] other = address.getAddress();
        byte[] own = network.getAddress();
        if (other.length != own.length) {
            return false;
        }
        for (int bit = 0; bit < prefix; bit++) {
            int mask = 0x80 >> (bit & 7);
            if ((other[bit >> 3] & mask) != (own[bit >> 3] & mask)) {
                return false;
            }
        }
        return true;
    }

    @Override
    public boolean allows(String host, InetAddress address) {
        return contains(address);
    }

    @Override
    public String toString() {
        return network.getHostAddress() + "/" + prefix;
    }

    private InetAddress first() {
        byte[] bytes = network.getAddress();
        for (int bit = prefix; bit < bytes.length * 8; bit++) {
            bytes[bit >> 3] &= (byte) ~(0x80 >> (bit & 7));
        }
        try {
            return InetAddress.getByAddress(bytes);
        } catch (java.net.UnknownHostException e) {
            throw new IllegalStateException(e);
        }
    }
}
