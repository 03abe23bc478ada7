package gateway.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import gateway.support.FakeUpstream;
import gateway.support.PipelineAnswer;
import gateway.support.PipelineClient;
import gateway.support.PipelineDisk;
import gateway.support.PipelineGateway;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The catalog, on a small disk of its own, does not answer or cannot be written while the gateway runs. */
class LostCatalogTest {

    private static final String SMALL = "/g/a/1/a-1.jar";
    private static final String LARGE = "/g/b/1/b-1.jar";
    private static final String COLD = "/g/c/1/c-1.jar";
    private static final byte[] BODY = CoalescingTest.bytes(1 << 20);

    private final FakeUpstream upstream = FakeUpstream.start();

    @TempDir
    Path folder;

    private PipelineDisk disk;
    private Path database;
    private PipelineGateway gateway;

    @BeforeEach
    void start() throws Exception {
        disk = PipelineDisk.mount(folder.resolve("disk"), 8);
        database = disk.folder().resolve("proxy.db");
        gateway = PipelineGateway.in(folder).database(database).maven(upstream).start();
        upstream.serve(SMALL, "small");
        upstream.serve(LARGE, BODY);
        upstream.serve(COLD, "cold");
        hold(SMALL);
        hold(LARGE);
    }

    @AfterEach
    void stop() throws Exception {
        gateway.close();
        upstream.close();
        disk.close();
    }

    @Test
    void hits_wait_for_no_statement() throws Exception {
        try (Connection exclusive = connect();
                Statement statement = exclusive.createStatement();
                PipelineClient cold = PipelineClient.connect(gateway.port())) {
            statement.execute("SET EXCLUSIVE 1");
            assertThatThrownBy(this::connect).isInstanceOf(SQLException.class).hasMessageContaining("exclusive");
            cold.send("GET", "/maven" + COLD);

            for (int i = 0; i < 3; i++) {
                assertHit(gateway.get("/maven" + SMALL), "small".getBytes(StandardCharsets.UTF_8));
                assertHit(gateway.get("/maven" + LARGE), BODY);
                assertThat(gateway.get("/maven" + LARGE, "Range: bytes=5-9").status())
                        .isEqualTo(206);
                assertThat(gateway.head("/maven" + LARGE).cacheStatus()).isEqualTo("gateway; hit");
            }
            assertThat(upstream.count(COLD))
                    .as("what is not held has to be looked up")
                    .isZero();

            statement.execute("SET EXCLUSIVE FALSE");
            assertThat(cold.head("GET").whole().text()).isEqualTo("cold");
        }
    }

    @Test
    void its_disk_is_full_and_space_returns() throws Exception {
        disk.fill();
        await().untilAsserted(() -> assertThat(gateway.get("/health").status()).isEqualTo(503));
        assertThat(gateway.get("/health/live").status()).isEqualTo(200);

        assertThat(gateway.get("/maven" + SMALL).text()).isEqualTo("small");
        assertThat(gateway.get("/maven" + LARGE).sha256()).isEqualTo(PipelineAnswer.sha256(BODY));
        assertThat(gateway.get("/maven" + COLD).text()).isEqualTo("cold");
        assertThat(gateway.get("/maven" + COLD).cacheStatus()).isEqualTo("gateway; hit");
        assertThat(upstream.count(COLD)).isEqualTo(1);

        disk.free();
        await().untilAsserted(() -> assertThat(gateway.get("/health").status()).isEqualTo(200));
        String later = "/g/later/1/later-1.jar";
        upstream.serve(later, "later");
        hold(later);
        hold(COLD);
        assertThat(upstream.count(COLD)).isEqualTo(1);
        assertThat(gateway.get("/stats").text()).contains("\"g:later\"", "\"g:c\"");
    }

    private void hold(String path) {
        await().until(() -> gateway.get("/maven" + path).cacheStatus().equals("gateway; hit"));
    }

    private static void assertHit(PipelineAnswer answer, byte[] body) {
        assertThat(answer.whole()).isTrue();
        assertThat(answer.sha256()).isEqualTo(PipelineAnswer.sha256(body));
        assertThat(answer.cacheStatus()).isEqualTo("gateway; hit");
    }

    /** To the very database that the gateway has open in this JVM. */
    private Connection connect() throws SQLException {
        return DriverManager.getConnection("jdbc:h2:" + database, "gateway", "");
    }
}
