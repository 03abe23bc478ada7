package gateway.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import gateway.settings.SettingsException;
import gateway.settings.Tls;
import gateway.support.Certificates;
import gateway.support.FakeAnswer;
import gateway.support.FakeUpstream;
import gateway.support.PipelineAnswer;
import gateway.support.PipelineClient;
import gateway.support.PipelineGateway;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.KeyPairGenerator;
import java.security.cert.Certificate;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

/** A gateway that speaks TLS itself, to whom files cannot be sent by the system. */
class ServerTlsTest {

    private static final String PATH = "/g/a/1/a-1.jar";

    @TempDir
    private static Path made;

    private static Certificates first;
    private static Certificates second;
    private static SSLContext believing;

    private final FakeUpstream upstream = FakeUpstream.start();

    @TempDir
    Path folder;

    private PipelineGateway gateway;

    @BeforeAll
    static void make() throws Exception {
        first = Certificates.make(made, "EC");
        second = Certificates.make(made, "RSA");
        believing = Certificates.trusting(first, second);
    }

    @BeforeEach
    void prepare() {
        gateway = PipelineGateway.in(folder).maven(upstream);
    }

    @AfterEach
    void stop() {
        gateway.close();
        upstream.close();
    }

    private void start(Tls files) throws Exception {
        gateway.tls(files).start();
    }

    private PipelineClient connect() throws IOException {
        return PipelineClient.secure(gateway.port(), believing);
    }

    private static PipelineAnswer ask(PipelineClient client, String path, String... headers) throws IOException {
        client.send("GET", "/maven" + path, headers);
        return client.head("GET").whole();
    }

    private static byte[] bytes(int length) {
        byte[] bytes = new byte[length];
        new Random(length).nextBytes(bytes);
        return bytes;
    }

    private static void assertWhole(PipelineAnswer answer, byte[] body) {
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.whole()).isTrue();
        assertThat(answer.sha256()).isEqualTo(PipelineAnswer.sha256(body));
    }

    @ParameterizedTest
    @CsvSource({"TLSv1.3, 1000", "TLSv1.2, 100000", "TLSv1.3, 300000", "TLSv1.2, 5242880", "TLSv1.3, 20971520"})
    void a_client_asks_again_and_again(String protocol, int length) throws Exception {
        start(first.write(folder));
        byte[] body = bytes(length);
        upstream.serve(PATH, body);
        SSLParameters only = new SSLParameters();
        only.setProtocols(new String[] {protocol});
        try (HttpClient client = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .sslContext(believing)
                .sslParameters(only)
                .build()) {
            HttpRequest request = HttpRequest.newBuilder(
                            URI.create("https://127.0.0.1:" + gateway.port() + "/maven" + PATH))
                    .build();
            for (int i = 0; i < 4; i++) {
                HttpResponse<byte[]> answer = client.send(request, HttpResponse.BodyHandlers.ofByteArray());

                assertThat(answer.sslSession().orElseThrow().getProtocol()).isEqualTo(protocol);
                assertThat(answer.body()).isEqualTo(body);
                // The entry is written after the client has its bytes.
                await().until(() -> gateway.holds("maven" + PATH));
            }
        }
        assertThat(upstream.count(PATH)).isEqualTo(1);
    }

    @Test
    void several_requests_before_the_first_answer() throws Exception {
        start(first.write(folder));
        byte[] large = bytes(3_000_000);
        byte[] other = bytes(400_000);
        upstream.serve(PATH, large);
        upstream.serve("/g/b/1/b-1.jar", "b");
        upstream.serve("/g/d/1/d-1.jar", other);
        try (PipelineClient client = connect()) {
            for (int round = 0; round < 5; round++) {
                for (String path : List.of(PATH, "/g/b/1/b-1.jar", "/g/c/1/c-1.jar", "/g/d/1/d-1.jar", PATH)) {
                    client.send("GET", "/maven" + path);
                }
                assertWhole(client.head("GET").whole(), large);
                assertThat(client.head("GET").whole().text()).isEqualTo("b");
                assertThat(client.head("GET").whole().status()).isEqualTo(404);
                assertWhole(client.head("GET").whole(), other);
                assertWhole(client.head("GET").whole(), large);
            }
        }
    }

    @Test
    void a_part_of_a_file() throws Exception {
        start(first.write(folder));
        byte[] body = bytes(1_000_000);
        upstream.serve(PATH, body);
        try (PipelineClient client = connect()) {
            assertWhole(ask(client, PATH), body);
            await().until(() -> gateway.holds("maven" + PATH));

            PipelineAnswer part = ask(client, PATH, "Range: bytes=70000-299999");

            assertThat(part.status()).isEqualTo(206);
            assertThat(part.sha256()).isEqualTo(PipelineAnswer.sha256(Arrays.copyOfRange(body, 70_000, 300_000)));
            client.send("HEAD", "/maven" + PATH);
            assertThat(client.head("HEAD").whole().header("content-length")).isEqualTo("1000000");
            assertThat(ask(client, PATH, "Range: bytes=1000000-").status()).isEqualTo(416);
        }
    }

    @Test
    void a_client_leaves_in_the_middle_of_a_file() throws Exception {
        start(first.write(folder));
        byte[] body = bytes(8 << 20);
        upstream.serve(PATH, body);
        try (PipelineClient client = connect()) {
            assertWhole(ask(client, PATH), body);
        }
        await().until(() -> gateway.holds("maven" + PATH));
        for (int i = 0; i < 3; i++) {
            try (PipelineClient client = connect()) {
                client.send("GET", "/maven" + PATH);
                client.head("GET").read(100_000);
            }
        }

        try (PipelineClient slow = connect();
                PipelineClient client = connect()) {
            slow.send("GET", "/maven" + PATH);
            PipelineAnswer.Body begun = slow.head("GET").read(100_000);
            assertWhole(ask(client, PATH), body);
            assertWhole(begun.whole(), body);
        }
    }

    /** Without a length the end of the connection is the end of the body, and TLS can say that it is meant. */
    @Test
    void a_body_breaks_for_a_client_that_speaks_http_1_0() throws Exception {
        start(first.write(folder));
        upstream.serve(PATH, bytes(2_000_000)).chunked().pieces(100_000).truncateAfter(1_000_000);
        try (PipelineClient client = connect()) {
            client.raw("GET /maven" + PATH + " HTTP/1.0\r\n\r\n");

            assertThat(client.head("GET").whole().whole()).isFalse();
        }
    }

    @Test
    void a_client_speaks_without_tls() throws Exception {
        start(first.write(folder));
        try (PipelineClient plain = PipelineClient.connect(gateway.port())) {
            plain.send("GET", "/maven" + PATH);
            assertThatThrownBy(() -> plain.head("GET")).isInstanceOf(IOException.class);
        }
        upstream.serve(PATH, "served");
        try (PipelineClient client = connect()) {
            assertThat(ask(client, PATH).text()).isEqualTo("served");
        }
    }

    @Test
    void the_files_are_replaced_while_a_client_is_served() throws Exception {
        Path mounted = linked(first);
        start(new Tls(mounted.resolve("tls.crt"), mounted.resolve("tls.key")));
        byte[] body = bytes(2_000_000);
        FakeAnswer slow = upstream.serve(PATH, body).pauseAfter(1_000_000);
        try (PipelineClient client = connect()) {
            client.send("GET", "/maven" + PATH);
            PipelineAnswer.Body begun = client.head("GET").read(100_000);

            replace(second);

            await().until(() -> second.certificate().equals(presented()));
            slow.release();
            assertWhole(begun.whole(), body);
            assertThat(ask(client, "/g/c/1/c-1.jar").status()).isEqualTo(404);
        }
    }

    @Test
    void the_new_files_cannot_be_used() throws Exception {
        Tls files = first.write(folder);
        ListAppender<ILoggingEvent> lines = new ListAppender<>();
        lines.list = new CopyOnWriteArrayList<>();
        lines.start();
        Logger log = (Logger) LoggerFactory.getLogger(ServerTls.class);
        log.addAppender(lines);
        try {
            start(files);
            Files.writeString(files.certificate(), second.certificatePem());

            await().until(() -> lines.list.stream()
                    .anyMatch(line -> line.getFormattedMessage().contains("the former pair stays: tls.key")));
            assertThat(presented()).isEqualTo(first.certificate());

            Files.delete(files.key());
            await().until(() -> lines.list.stream()
                    .anyMatch(line -> line.getFormattedMessage().contains("cannot be read")));
            assertThat(presented()).isEqualTo(first.certificate());

            second.write(folder);
            await().until(() -> second.certificate().equals(presented()));
            assertThat(lines.list.stream()
                            .filter(line -> line.getFormattedMessage().contains("does not belong")))
                    .hasSize(1);
        } finally {
            log.detachAppender(lines);
        }
    }

    @Test
    void the_key_has_the_older_form() throws Exception {
        Tls files = second.write(folder);
        Files.writeString(files.key(), second.pkcs1Pem());
        start(files);

        assertThat(presented()).isEqualTo(second.certificate());
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void the_key_is_that_of_another_certificate(boolean sameKind) throws Exception {
        Tls files = first.write(folder);
        byte[] another = KeyPairGenerator.getInstance("EC")
                .generateKeyPair()
                .getPrivate()
                .getEncoded();
        Files.writeString(files.key(), (sameKind ? new Certificates(first.certificate(), another) : second).keyPem());

        assertThatThrownBy(() -> start(files))
                .isInstanceOf(SettingsException.class)
                .hasMessage("tls.key: does not belong to the first certificate of tls.certificate");
    }

    @Test
    void the_files_hold_something_else() throws Exception {
        Tls files = first.write(folder);
        Files.writeString(files.key(), first.certificatePem());
        assertThatThrownBy(() -> start(files))
                .isInstanceOf(SettingsException.class)
                .hasMessage("tls.key: holds no private key in PEM, or one with a password");

        Files.writeString(files.certificate(), "hello");
        assertThatThrownBy(() -> start(files))
                .isInstanceOf(SettingsException.class)
                .hasMessage("tls.certificate: holds no certificate in PEM");

        Files.delete(files.certificate());
        assertThatThrownBy(() -> start(files))
                .isInstanceOf(SettingsException.class)
                .hasMessageStartingWith("tls.certificate: ")
                .hasMessageEndingWith("cannot be read as text");
    }

    /** As Kubernetes mounts a secret: the files are links into a folder that is a link, and only that is replaced. */
    private Path linked(Certificates pair) throws Exception {
        Path mounted = Files.createDirectories(folder.resolve("mounted"));
        pair.write(Files.createDirectories(mounted.resolve("..1")));
        Files.createSymbolicLink(mounted.resolve("..data"), Path.of("..1"));
        for (String name : List.of("tls.crt", "tls.key")) {
            Files.createSymbolicLink(mounted.resolve(name), Path.of("..data", name));
        }
        return mounted;
    }

    private void replace(Certificates pair) throws Exception {
        Path mounted = folder.resolve("mounted");
        pair.write(Files.createDirectories(mounted.resolve("..2")));
        Path link = Files.createSymbolicLink(mounted.resolve("..tmp"), Path.of("..2"));
        Files.move(link, mounted.resolve("..data"), StandardCopyOption.ATOMIC_MOVE);
    }

    /** What a new connection is shown. */
    private Certificate presented() throws Exception {
        SSLContext fresh = Certificates.trusting(first, second);
        try (SSLSocket socket = (SSLSocket) fresh.getSocketFactory().createSocket("127.0.0.1", gateway.port())) {
            socket.startHandshake();
            return socket.getSession().getPeerCertificates()[0];
        }
    }
}
