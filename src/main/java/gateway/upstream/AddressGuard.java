package gateway.upstream;

import gateway.settings.AllowedHost;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/** Decides which addresses may be connected to: public ones, the upstream's own, and those that the settings allow. */
record AddressGuard(OwnAddresses own, List<AllowedHost> allowed) {

    // Everything that is not the open internet, cloud metadata services included (link-local, ULA, CGNAT,
    // 192.0.0.0/24).
    private static final List<AllowedHost> PRIVATE = Stream.of(
                    "0.0.0.0/8",
                    "10.0.0.0/8",
                    "100.64.0.0/10",
                    "127.0.0.0/8",
                    "169.254.0.0/16",
                    "172.16.0.0/12",
                    "192.0.0.0/24",
                    "192.0.2.0/24",
                    "192.168.0.0/16",
                    "198.18.0.0/15",
                    "198.51.100.0/24",
                    "203.0.113.0/24",
                    "224.0.0.0/4",
                    "240.0.0.0/4",
                    "::/96",
                    "64:ff9b:1::/48",
                    "100::/64",
                    "2001::/32",
                    "2001:db8::/32",
                    "fc00::/7",
                    "fe80::/10",
                    "fec0::/10",
                    "ff00::/8")
            .map(AllowedHost::parse)
            .toList();

    // Prefixes of IPv6 addresses that carry an IPv4 address, and where it stands: mapped, NAT64, 6to4.
    private static final byte[] MAPPED = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, -1, -1};
    private static final byte[] NAT64 = {0, 0x64, -1, (byte) 0x9b, 0, 0, 0, 0, 0, 0, 0, 0};
    private static final byte[] SIX_TO_FOUR = {0x20, 0x02};

    /** A private address that nobody allowed. */
    static final class RefusedException extends IOException {
        private static final long serialVersionUID = 1;

        RefusedException() {
            super("leads to a private address");
        }
    }

    boolean allows(String host, int port, InetAddress address) {
        InetAddress plain = unwrapped(address);
        return !isPrivate(plain)
                || own.include(host, port)
                || allowed.stream().anyMatch(some -> some.allows(host, plain) || some.allows(host, address));
    }

    /** What can be said without a name server: addresses in numbers are checked, names pass. */
    boolean allows(Endpoint endpoint) {
        return endpoint.literal()
                .map(address -> allows(endpoint.host(), endpoint.port(), address))
                .orElse(!endpoint.disguised());
    }

    static boolean isPrivate(InetAddress address) {
        InetAddress plain = unwrapped(address);
        return PRIVATE.stream().anyMatch(block -> block.allows("", plain));
    }

    private static InetAddress unwrapped(InetAddress address) {
        byte[] bytes = address.getAddress();
        if (bytes.length == 4) {
            return address;
        }
        for (byte[] prefix : List.of(MAPPED, NAT64, SIX_TO_FOUR)) {
            if (Arrays.equals(bytes, 0, prefix.length, prefix, 0, prefix.length)) {
                return ipv4(Arrays.copyOfRange(bytes, prefix.length, prefix.length + 4));
            }
        }
        return address;
    }

    private static InetAddress ipv4(byte[] bytes) {
        try {
            return InetAddress.getByAddress(bytes);
        } catch (UnknownHostException e) {
            throw new IllegalStateException(e);
        }
    }
}
