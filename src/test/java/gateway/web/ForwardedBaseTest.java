package gateway.web;

import static org.assertj.core.api.Assertions.assertThat;

import gateway.cache.Mount;
import gateway.format.Formats;
import gateway.settings.AllowedHost;
import gateway.settings.Cidr;
import gateway.settings.Uploads;
import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.HttpHeaders;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ForwardedBaseTest {

    private final ForwardedBase forwarded = new ForwardedBase(List.of((Cidr) AllowedHost.parse("127.0.0.0/8")));

    @ParameterizedTest
    @CsvSource({
        "https, , https://packages.example.com/npm",
        "http, , http://packages.example.com/npm",
        "https, http, http://packages.example.com/npm",
        "http, https, https://packages.example.com/npm",
        "https, gopher, https://packages.example.com/npm",
    })
    void a_proxy_that_names_a_host_and_no_scheme_speaks_as_this_server_does(
            String own, @Nullable String told, String base) {
        Mount mount = new Mount(
                "/npm",
                Formats.named("npm").orElseThrow(),
                URI.create(own + "://gateway.test/npm"),
                List.of(),
                Uploads.NONE);
        HttpHeaders headers = new DefaultHttpHeaders().add("X-Forwarded-Host", "packages.example.com");
        if (told != null) {
            headers.add("X-Forwarded-Proto", told);
        }

        assertThat(forwarded
                        .of(mount, new InetSocketAddress(InetAddress.getLoopbackAddress(), 1), headers)
                        .base())
                .hasToString(base);
    }
}
