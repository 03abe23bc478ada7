package gateway.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ValuesTest {

    @ParameterizedTest
    @CsvSource({
        "0, 0",
        "1234, 1234",
        "12B, 12",
        "10kB, 10000",
        "500MB, 500000000",
        "10GB, 10000000000",
        "10 gb, 10000000000",
        "1.5TB, 1500000000000",
        "4KiB, 4096",
        "1MiB, 1048576",
        "10GiB, 10737418240",
        "1TiB, 1099511627776",
        "0.5B, 0",
        "9223372036854775807, 9223372036854775807",
    })
    void aSize(String text, long bytes) {
        assertThat(ByteSize.parse(text)).isEqualTo(bytes);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "GB", "10G", "10XB", "-1", "1,5GB", "1e3", "9223372036854775808", "99999999999TB", "٣GB"})
    void noSize(String text) {
        assertThatThrownBy(() -> ByteSize.parse(text)).hasMessage("is not a size; write for example 10GB");
    }

    @ParameterizedTest
    @CsvSource({
        "0, 0 B",
        "999, 999 B",
        "1000, 1.0 kB",
        "999949, 999.9 kB",
        "999950, 1.0 MB",
        "1234567, 1.2 MB",
        "1500000000, 1.5 GB",
        "5000000000000000, 5000.0 TB",
    })
    void aSizeForPeople(long bytes, String text) {
        assertThat(ByteSize.human(bytes)).isEqualTo(text);
    }

    @ParameterizedTest
    @CsvSource({"500ms, PT0.5S", "30s, PT30S", "2m, PT2M", "1h, PT1H", "0s, PT0S", "24h, PT24H"})
    void aDuration(String text, Duration duration) {
        assertThat(Durations.parse(text)).isEqualTo(duration);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "10", "10 s", "-1s", "1d", "1.5h", "9999999999s"})
    void noDuration(String text) {
        assertThatThrownBy(() -> Durations.parse(text))
                .hasMessage("is not a duration; write for example 30s, 2m or 1h");
    }

    @ParameterizedTest
    @CsvSource({
        ":8080, '', 8080",
        ":0, '', 0",
        "127.0.0.1:3000, 127.0.0.1, 3000",
        "LocalHost:1, localhost, 1",
        "gw-1.internal:65535, gw-1.internal, 65535",
        "[::1]:8080, [::1], 8080",
        "[FD00::1]:80, [fd00::1], 80",
    })
    void anAddressToListenOn(String text, String host, int port) {
        assertThat(Listen.parse(text)).isEqualTo(new Listen(host, port));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "8080",
                ":",
                ":x",
                "::1:8080",
                "[::1]",
                "[::g]:1",
                "1.2.3:80",
                "1.2.3.256:80",
                "h:123456",
                "http://h:1"
            })
    void noAddressToListenOn(String text) {
        assertThatThrownBy(() -> Listen.parse(text))
                .hasMessage("is not an address; write for example :8080, 127.0.0.1:3000 or [::1]:8080");
    }

    @ParameterizedTest
    @CsvSource({
        "10.1.0.0/16, 10.1.255.255, true",
        "10.1.0.0/16, 10.2.0.0, false",
        "10.1.128.0/17, 10.1.127.255, false",
        "10.1.2.3, 10.1.2.3, true",
        "10.1.2.3, 10.1.2.4, false",
        "0.0.0.0/0, 203.0.113.9, true",
        "0.0.0.0/0, fd00::1, false",
        "fd00::/8, fdff::1, true",
        "fd00::/8, fe00::1, false",
        "fd00::/8, 10.0.0.1, false",
    })
    void anAddressInANetwork(String network, String address, boolean inside) {
        AllowedHost allowed = AllowedHost.parse(network);

        assertThat(allowed.allows("any.host", InetAddress.ofLiteral(address))).isEqualTo(inside);
    }

    @ParameterizedTest
    @CsvSource({
        "registry.internal, true",
        "REGISTRY.internal., true",
        "a.registry.internal, false",
        "internal, false",
    })
    void aHostAllowedByName(String host, boolean allowed) {
        AllowedHost name = AllowedHost.parse("Registry.Internal");

        assertThat(name.allows(host, InetAddress.ofLiteral("10.0.0.1"))).isEqualTo(allowed);
    }

    @Test
    void aSuggestionIsCloseOrMissing() {
        List<String> known = List.of("npm", "maven", "go");

        assertThat(Suggestion.of("nmp", known)).contains("npm");
        assertThat(Suggestion.of("mavne", known)).contains("maven");
        assertThat(Suggestion.of("g", known)).contains("go");
        assertThat(Suggestion.of("fortran", known)).isEmpty();
        assertThat(Suggestion.of("xx", known)).isEmpty();
    }
}
