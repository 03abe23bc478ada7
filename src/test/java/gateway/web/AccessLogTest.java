package gateway.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import gateway.settings.Log;
import gateway.support.FakeUpstream;
import gateway.support.PipelineClient;
import gateway.support.PipelineGateway;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** One line for each answer, whoever gives it. */
class AccessLogTest {

    private static final String FILE = "/g/a/1/a-1.jar";

    private final Logger logger = (Logger) LoggerFactory.getLogger("gateway.access");
    private final List<String> lines = new CopyOnWriteArrayList<>();
    private final AppenderBase<ILoggingEvent> appender = new AppenderBase<>() {
        @Override
        protected void append(ILoggingEvent event) {
            lines.add(event.getFormattedMessage());
        }
    };
    private final FakeUpstream upstream = FakeUpstream.start();

    @TempDir
    Path folder;

    private PipelineGateway gateway;

    @BeforeEach
    void start() throws Exception {
        gateway = PipelineGateway.in(folder)
                .mount("/maven", "maven", upstream.upstream("central"))
                .mount("/npm", "npm", upstream.upstream("npm"))
                .trust("127.0.0.0/8")
                .access(Log.Access.JSON)
                .start();
        // Boot sets the logging of tests up anew at each start.
        logger.setLevel(Level.INFO);
        logger.setAdditive(false);
        appender.start();
        logger.addAppender(appender);
    }

    @AfterEach
    void stop() {
        gateway.close();
        upstream.close();
        logger.detachAppender(appender);
        logger.setAdditive(true);
    }

    /** The line of the answer with this number; lines come when the answer's end is in the socket. */
    private JsonNode line(int number) {
        await().until(() -> lines.size() > number);
        return JsonMapper.shared().readTree(lines.get(number));
    }

    @Test
    void a_file_is_fetched_and_held() throws Exception {
        upstream.serve(FILE, "bytes");

        gateway.get("/maven" + FILE + "?token=hidden", "User-Agent: mvn/4 \"x\"");
        line(0);
        gateway.get("/maven" + FILE);

        JsonNode miss = line(0);
        assertThat(miss.propertyNames())
                .containsExactly(
                        "time",
                        "client",
                        "method",
                        "path",
                        "status",
                        "bytes",
                        "duration_ms",
                        "cache",
                        "upstream",
                        "agent",
                        "aborted");
        assertThat(miss.path("method").asString()).isEqualTo("GET");
        assertThat(miss.path("path").asString()).isEqualTo("/maven" + FILE);
        assertThat(miss.path("status").asInt()).isEqualTo(200);
        assertThat(miss.path("bytes").asLong()).isEqualTo(5);
        assertThat(miss.path("duration_ms").asDouble()).isPositive();
        assertThat(miss.path("cache").asString()).isEqualTo("fwd=miss; fwd-status=200; stored");
        assertThat(miss.path("upstream").asString()).isEqualTo("central");
        assertThat(miss.path("agent").asString()).isEqualTo("mvn/4 \"x\"");
        assertThat(miss.path("client").asString()).isEqualTo("127.0.0.1");
        assertThat(miss.path("aborted").asBoolean()).isFalse();
        assertThat(line(1).path("cache").asString()).isEqualTo("hit");
        assertThat(line(1).path("upstream").asString()).isEqualTo("central");
        assertThat(String.join("", lines)).doesNotContain("hidden");
    }

    @Test
    void the_fast_lane_answers() throws Exception {
        byte[] large = new byte[300_000];
        upstream.serve(FILE, "bytes");
        upstream.serve("/g/b/1/b-1.jar", large);
        await().untilAsserted(() -> {
            gateway.get("/maven" + FILE);
            gateway.get("/maven/g/b/1/b-1.jar");
            assertThat(gateway.get("/metrics").text()).contains("gateway_ready_replies 2.0");
        });
        try (PipelineClient client = PipelineClient.connect(gateway.port())) {
            client.send("GET", "/maven" + FILE, "User-Agent: one");
            client.send("GET", "/maven/g/b/1/b-1.jar", "User-Agent: two");
            client.send("HEAD", "/maven" + FILE, "User-Agent: three");
            client.head("GET").whole();
            client.head("GET").whole();
            client.head("HEAD").whole();
        }

        List<String> agents = List.of("one", "two", "three");
        List<Long> bytes = List.of(5L, 300_000L, 0L);
        for (int i = 0; i < 3; i++) {
            JsonNode line = lineOf(agents.get(i));
            assertThat(line.path("bytes").asLong()).isEqualTo(bytes.get(i));
            assertThat(line.path("cache").asString()).isEqualTo("hit");
            assertThat(line.path("upstream").asString()).isEqualTo("central");
            assertThat(line.path("status").asInt()).isEqualTo(200);
        }
    }

    /** The line of the client with this name; lines of several connections come in any order. */
    private JsonNode lineOf(String agent) {
        String wanted = "\"agent\":\"" + agent + "\"";
        await().until(() -> lines.stream().anyMatch(line -> line.contains(wanted)));
        return JsonMapper.shared()
                .readTree(lines.stream()
                        .filter(line -> line.contains(wanted))
                        .findFirst()
                        .orElseThrow());
    }

    @Test
    void the_server_answers_by_itself() throws Exception {
        gateway.get("/health");
        assertThat(line(0).path("path").asString()).isEqualTo("/health");
        assertThat(line(0).path("cache").asString()).isEqualTo("detail=local");
        assertThat(line(0).path("upstream").asString()).isEmpty();
        gateway.get("/maven/../x");
        assertThat(line(1).path("status").asInt()).isEqualTo(400);
        gateway.get("/maven/" + "a".repeat(20_000));
        assertThat(line(2).path("status").asInt()).isEqualTo(414);
    }

    @Test
    void a_client_hides_a_token_in_its_path_and_a_line_in_its_name() throws Exception {
        gateway.get("/npm/-/user/token/npm_0123456789abcdefABCDEF", "User-Agent: x\u0001\u007fy");
        line(0);
        gateway.get("http://user:secret@gateway.test/npm/-/ping");
        line(1);
        gateway.get("/npm/ghp_0123456789abcdefABCDEF", "Authorization: Bearer secret");

        assertThat(line(0).path("path").asString()).isEqualTo("/npm/-/user/token/***");
        assertThat(line(1).path("path").asString()).isEqualTo("http://***gateway.test/npm/-/ping");
        assertThat(line(2).path("path").asString()).isEqualTo("/npm/***");
        assertThat(String.join("", lines)).doesNotContain("0123456789", "secret", "\u0001");
    }

    @Test
    void the_client_is_behind_proxies() throws Exception {
        gateway.get("/health", "X-Forwarded-For: 10.9.9.9, 192.0.2.7, 127.0.0.9");
        assertThat(line(0).path("client").asString()).isEqualTo("192.0.2.7");
        gateway.get("/health", "X-Forwarded-For: 192.0.2.7, not an address");
        assertThat(line(1).path("client").asString()).isEqualTo("127.0.0.1");
    }

    @Test
    void a_body_breaks_off() throws Exception {
        upstream.serve(FILE, new byte[400_000]).truncateAfter(300_000);

        assertThat(gateway.get("/maven" + FILE).whole()).isFalse();

        assertThat(line(0).path("aborted").asBoolean()).isTrue();
        assertThat(line(0).path("status").asInt()).isEqualTo(200);
        assertThat(line(0).path("bytes").asLong()).isLessThan(400_000);
    }

    @Test
    void a_client_leaves_before_its_answer() throws Exception {
        var answer = upstream.serve(FILE, "bytes").pauseAfter(-1);

        PipelineClient client = gateway.ask("/maven" + FILE);
        answer.awaitReached();
        client.close();

        assertThat(line(0).path("aborted").asBoolean()).isTrue();
        assertThat(line(0).path("status").asInt()).isZero();
        answer.release();
    }
}
