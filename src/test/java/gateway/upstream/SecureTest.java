package gateway.upstream;

import static gateway.upstream.UpstreamFixture.SOON;
import static gateway.upstream.UpstreamFixture.bytes;
import static gateway.upstream.UpstreamFixture.fail;
import static gateway.upstream.UpstreamFixture.fetch;
import static gateway.upstream.UpstreamFixture.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import gateway.settings.Credentials;
import gateway.settings.ProxyServer;
import gateway.settings.Secret;
import gateway.settings.Upstream;
import gateway.support.FakeUpstream;
import gateway.upstream.UpstreamException.Reason;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Scanner;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** TLS with an authority of one's own, and the way through a proxy. */
class SecureTest {
    @TempDir
    private static Path folder;

    private static Path authority;
    private static FakeUpstream fake;
    private static Upstream upstream;

    @BeforeAll
    static void start() throws Exception {
        Path store = folder.resolve("keys.p12");
        var keytool = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "keytool")
                                .toString(),
                        "-genkeypair",
                        "-alias",
                        "fake",
                        "-keyalg",
                        "EC",
                        "-dname",
                        "CN=fake",
                        "-ext",
                        "san=ip:127.0.0.1",
                        "-validity",
                        "3650",
                        "-keystore",
                        store.toString(),
                        "-storetype",
                        "PKCS12",
                        "-storepass",
                        "changeit")
                .redirectErrorStream(true)
                .start();
        keytool.getInputStream().readAllBytes();
        assertThat(keytool.waitFor()).isZero();
        var keys = KeyStore.getInstance(store.toFile(), "changeit".toCharArray());
        authority = Files.writeString(
                folder.resolve("ca.pem"),
                "-----BEGIN CERTIFICATE-----\n"
                        + Base64.getMimeEncoder()
                                .encodeToString(keys.getCertificate("fake").getEncoded())
                        + "\n-----END CERTIFICATE-----\n");
        var managers = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        managers.init(keys, "changeit".toCharArray());
        var context = SSLContext.getInstance("TLS");
        context.init(managers.getKeyManagers(), null, null);
        fake = FakeUpstream.tls("127.0.0.1", context);
        upstream = fake.upstream("fake");
    }

    @AfterAll
    static void stop() {
        fake.close();
    }

    @Test
    void an_authority_of_the_settings_is_believed() {
        byte[] file = bytes(2_000_000);
        fake.serve("/file", file);
        var upstreams = UpstreamFixture.Settings.usual().trusting(authority).open();
        assertThat(fetch(upstreams, get(upstream, fake.url("/file")))).isEqualTo(file);
        upstreams.close().block(SOON);
    }

    @Test
    void an_unknown_authority_is_not_believed() {
        var upstreams = UpstreamFixture.Settings.usual().open();
        UpstreamException error = fail(upstreams.get(get(upstream, fake.url("/file"))));
        assertThat(error.reason()).isEqualTo(Reason.UNREACHABLE);
        assertThat(error).hasMessageContaining("TLS");
        upstreams.close().block(SOON);
    }

    @Test
    void a_certificate_for_another_host_is_not_believed() {
        var upstreams = UpstreamFixture.Settings.usual().trusting(authority).open();
        var alias = URI.create("https://localhost:" + fake.port());
        UpstreamException error = fail(upstreams.get(get(Upstream.at("alias", alias), alias)));
        assertThat(error.reason()).isEqualTo(Reason.UNREACHABLE);
        assertThat(error).hasMessageContaining("TLS");
        upstreams.close().block(SOON);
    }

    @Test
    void a_certificate_is_out_of_date() throws Exception {
        Path store = folder.resolve("old.p12");
        keytool(store, "-alias", "ca", "-dname", "CN=ca", "-ext", "bc:c", "-validity", "3650");
        keytool(
                store,
                "-alias",
                "old",
                "-dname",
                "CN=old",
                "-ext",
                "san=ip:127.0.0.1",
                "-signer",
                "ca",
                "-startdate",
                "-10d",
                "-validity",
                "5");
        var keys = KeyStore.getInstance(store.toFile(), "changeit".toCharArray());
        Path ca = Files.writeString(
                folder.resolve("old.pem"),
                "-----BEGIN CERTIFICATE-----\n"
                        + Base64.getMimeEncoder()
                                .encodeToString(keys.getCertificate("ca").getEncoded())
                        + "\n-----END CERTIFICATE-----\n");
        keys.deleteEntry("ca");
        var managers = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        managers.init(keys, "changeit".toCharArray());
        var context = SSLContext.getInstance("TLS");
        context.init(managers.getKeyManagers(), null, null);
        try (FakeUpstream old = FakeUpstream.tls("127.0.0.1", context)) {
            old.serve("/file", "never");
            var upstreams = UpstreamFixture.Settings.usual().trusting(ca).open();
            UpstreamException error = fail(upstreams.get(get(old.upstream("old"), old.url("/file"))));
            assertThat(error.reason()).isEqualTo(Reason.UNREACHABLE);
            assertThat(error).hasMessageContaining("TLS").hasStackTraceContaining("NotAfter");
            assertThat(old.requests()).isEmpty();
            upstreams.close().block(SOON);
        }
    }

    private static void keytool(Path store, String... more) throws Exception {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-keyalg",
                "EC",
                "-keystore",
                store.toString(),
                "-storetype",
                "PKCS12",
                "-storepass",
                "changeit"));
        command.addAll(List.of(more));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(output).isZero();
    }

    @Test
    void the_handshake_is_cut() throws IOException {
        try (ServerSocket server = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
            Thread.ofVirtual().start(() -> {
                while (!server.isClosed()) {
                    try (Socket socket = server.accept()) {
                        socket.getInputStream().readNBytes(20);
                    } catch (IOException e) {
                        // The test is over.
                    }
                }
            });
            URI url = URI.create("https://127.0.0.1:" + server.getLocalPort());
            var upstreams = UpstreamFixture.Settings.usual().open();
            UpstreamException error = fail(upstreams.get(get(Upstream.at("cut", url), url)));
            assertThat(error.reason()).isEqualTo(Reason.UNREACHABLE);
            upstreams.close().block(SOON);
        }
    }

    @Test
    void https_redirects_to_http_on_another_host() {
        fake.redirect("/file", 302, "http://127.0.0.2/file");
        var upstreams = UpstreamFixture.Settings.usual()
                .trusting(authority)
                .allowing("127.0.0.2/32")
                .open();
        UpstreamException error = fail(upstreams.get(get(upstream, fake.url("/file"))));
        assertThat(error.reason()).isEqualTo(Reason.FORBIDDEN_REDIRECT);
        assertThat(error).hasMessageContaining("from https to http");
        upstreams.close().block(SOON);
    }

    @Test
    void the_file_of_authorities_holds_something_else() throws IOException {
        Path nonsense = Files.writeString(folder.resolve("nonsense.pem"), "hello");
        assertThatThrownBy(() ->
                        UpstreamFixture.Settings.usual().trusting(nonsense).open())
                .hasMessageContaining("network.ca_file");
        assertThatThrownBy(() -> UpstreamFixture.Settings.usual()
                        .trusting(folder.resolve("absent.pem"))
                        .open())
                .hasMessageContaining("network.ca_file");
    }

    @Test
    void all_goes_through_the_proxy() throws IOException {
        fake.serve("/file", "found");
        try (var plain = FakeUpstream.start();
                var proxy = new Proxy()) {
            plain.serve("/file", "plain");
            var server = new ProxyServer("localhost", proxy.port(), new Credentials("u", new Secret("p")));
            var upstreams = UpstreamFixture.Settings.usual()
                    .trusting(authority)
                    .through(server)
                    .open();

            assertThat(fetch(upstreams, get(upstream, fake.url("/file"))))
                    .asString()
                    .isEqualTo("found");
            assertThat(fetch(upstreams, get(plain.upstream("plain"), plain.url("/file"))))
                    .asString()
                    .isEqualTo("plain");
            assertThat(fail(upstreams.get(get(upstream, URI.create("http://10.0.0.1/x"))))
                            .reason())
                    .isEqualTo(Reason.FORBIDDEN_REDIRECT);

            assertThat(proxy.asked)
                    .containsExactly("CONNECT 127.0.0.1:" + fake.port(), "CONNECT 127.0.0.1:" + plain.port());
            upstreams.close().block(SOON);
        }
    }

    @Test
    void the_proxy_refuses() throws IOException {
        try (var proxy = new Proxy()) {
            var server = new ProxyServer("127.0.0.1", proxy.port(), null);
            var upstreams = UpstreamFixture.Settings.usual().through(server).open();
            UpstreamException error = fail(upstreams.get(get(upstream, fake.url("/file"))));
            assertThat(error.reason()).isEqualTo(Reason.UNREACHABLE);
            assertThat(error).hasMessageContaining("through the proxy");
            upstreams.close().block(SOON);
        }
    }

    /** A proxy that tunnels for whoever gives a password. */
    private static final class Proxy implements AutoCloseable {
        private final ServerSocket server = new ServerSocket(0, 10, InetAddress.ofLiteral("127.0.0.1"));
        private final List<String> asked = new CopyOnWriteArrayList<>();

        Proxy() throws IOException {
            Thread.ofVirtual().start(() -> {
                while (!server.isClosed()) {
                    try {
                        Socket client = server.accept();
                        Thread.ofVirtual().start(() -> tunnel(client));
                    } catch (IOException e) {
                        return;
                    }
                }
            });
        }

        int port() {
            return server.getLocalPort();
        }

        private void tunnel(Socket client) {
            try (client) {
                var head = new StringBuilder();
                while (!head.toString().endsWith("\r\n\r\n")) {
                    head.append((char) client.getInputStream().read());
                }
                if (!head.toString().toLowerCase(Locale.ROOT).contains("proxy-authorization: basic dtpw")) {
                    client.getOutputStream().write(bytes("HTTP/1.1 407 No\r\nContent-Length: 0\r\n\r\n"));
                    return;
                }
                String target = new Scanner(head.toString()).next() + " "
                        + head.toString().split(" ", -1)[1];
                asked.add(target);
                String[] parts = target.split("[ :]", -1);
                try (var far = new Socket(parts[1], Integer.parseInt(parts[2]))) {
                    client.getOutputStream().write(bytes("HTTP/1.1 200 Go\r\n\r\n"));
                    Thread.ofVirtual().start(() -> copy(client, far));
                    copy(far, client);
                }
            } catch (IOException e) {
                // One side has gone.
            }
        }

        private static byte[] bytes(String text) {
            return text.getBytes(StandardCharsets.US_ASCII);
        }

        private static void copy(Socket from, Socket to) {
            try {
                from.getInputStream().transferTo(to.getOutputStream());
                to.shutdownOutput();
            } catch (IOException e) {
                // One side has gone.
            }
        }

        @Override
        public void close() throws IOException {
            server.close();
        }
    }
}
