package gateway.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.LoggerContext;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.slf4j.Logger;
import org.slf4j.helpers.BasicMDCAdapter;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class LoggingTest {

    private static final String TIME = "\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z";

    @Test
    void textIsOneCompactLine() {
        String line = logged(
                Log.Level.INFO,
                Log.Format.TEXT,
                "gateway.web.Server",
                log -> log.atInfo()
                        .addKeyValue("mount", "/npm")
                        .addKeyValue("reason", "two \"words\"")
                        .addKeyValue("empty", "")
                        .log("listening on {}", ":8080"));

        assertThat(line)
                .matches(TIME
                        + " INFO  Server: listening on :8080 mount=/npm reason=\"two \\\\\"words\\\\\"\" empty=\"\"\n");
    }

    @Test
    void jsonIsOneObjectALine() {
        String lines = logged(Log.Level.INFO, Log.Format.JSON, "gateway.web.Server", log -> {
            log.atWarn().addKeyValue("status", 502).addKeyValue("level", "mine").log("two\nlines");
            log.error("broken", new IllegalStateException("why"));
        });

        JsonNode first = JsonMapper.shared().readTree(lines.lines().toList().getFirst());
        assertThat(first.propertyNames()).containsExactly("timestamp", "level", "logger", "message", "status");
        assertThat(first.path("timestamp").asString()).matches(TIME);
        assertThat(first.path("level").asString()).isEqualTo("WARN");
        assertThat(first.path("logger").asString()).isEqualTo("gateway.web.Server");
        assertThat(first.path("message").asString()).isEqualTo("two\nlines");
        assertThat(first.path("status").asString()).isEqualTo("502");
        JsonNode second = JsonMapper.shared().readTree(lines.lines().toList().getLast());
        assertThat(second.path("exception").asString())
                .startsWith("java.lang.IllegalStateException: why\n\tat gateway");
        assertThat(lines.lines()).hasSize(2);
    }

    @ParameterizedTest
    @CsvSource({"TEXT", "JSON"})
    void whatTheRequestPutsIntoTheContextIsLogged(Log.Format format) {
        String line = logged(Log.Level.INFO, format, "gateway.web.Server", log -> log.info("m"), "request", "r-1");

        assertThat(line).contains(format == Log.Format.TEXT ? " request=r-1" : ",\"request\":\"r-1\"");
    }

    @Test
    void aClientCannotForgeALine() {
        String lines = logged(
                Log.Level.INFO,
                Log.Format.TEXT,
                "gateway.web.Server",
                log -> log.atInfo()
                        .addKeyValue("path", "/a\r\n2026 ERROR b")
                        .log("asked for {}", "x\n2026 \u001b[31m\u2028ERROR"));

        assertThat(lines.lines()).hasSize(1);
        assertThat(lines)
                .contains("asked for x\\n2026 \\u001b[31m\\u2028ERROR")
                .contains("path=\"/a\\r\\n2026 ERROR b\"");
    }

    @ParameterizedTest
    @CsvSource({
        "DEBUG, gateway.x, DIWE",
        "INFO, gateway.x, IWE",
        "WARN, gateway.x, WE",
        "ERROR, gateway.x, E",
        "DEBUG, io.netty, IWE",
        "INFO, io.netty, WE",
        "WARN, io.netty, WE",
        "ERROR, io.netty, E",
    })
    void librariesAreQuieter(Log.Level level, String logger, String letters) {
        String lines = logged(level, Log.Format.TEXT, logger, log -> {
            log.debug("m");
            log.info("m");
            log.warn("m");
            log.error("m");
        });

        assertThat(lines.lines().map(line -> line.substring(25, 26)).collect(Collectors.joining()))
                .isEqualTo(letters);
    }

    @Test
    void linesOfTheAccessLogAreWrittenAsTheyAreByAnotherThread() {
        LoggerContext context = new LoggerContext();
        context.setMDCAdapter(new BasicMDCAdapter());
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        Logging.configure(context, new Log(Log.Level.ERROR, Log.Format.TEXT, Log.Access.JSON), out);
        List<Thread> writers = new CopyOnWriteArrayList<>();
        context.getLogger("gateway.access").info("{}", new Object() {
            @Override
            public String toString() {
                writers.add(Thread.currentThread());
                return "{}";
            }
        });
        context.stop();

        assertThat(out.toString(StandardCharsets.UTF_8)).isEqualTo("{}\n");
        assertThat(writers).hasSize(1).doesNotContain(Thread.currentThread());
    }

    @Test
    void theAccessLogIsOffUnlessItIsAskedFor() {
        assertThat(logged(Log.Level.DEBUG, Log.Format.TEXT, "gateway.access", log -> log.error("m")))
                .isEmpty();
    }

    @Test
    void nobodyWaitsForAnAccessLogThatCannotBeWritten() throws Exception {
        LoggerContext context = new LoggerContext();
        context.setMDCAdapter(new BasicMDCAdapter());
        CountDownLatch free = new CountDownLatch(1);
        ByteArrayOutputStream out = new ByteArrayOutputStream() {
            @Override
            public synchronized void write(byte[] bytes, int offset, int length) {
                try {
                    free.await();
                } catch (InterruptedException e) {
                    throw new IllegalStateException(e);
                }
                super.write(bytes, offset, length);
            }
        };
        Logging.configure(context, new Log(Log.Level.ERROR, Log.Format.TEXT, Log.Access.JSON), out);
        int lines = 3 * AccessAppender.QUEUE;

        for (int i = 0; i < lines; i++) {
            context.getLogger("gateway.access").info("{}", "{}");
        }
        free.countDown();

        // What was dropped is told with the next line that finds room.
        await().untilAsserted(() -> {
            context.getLogger("gateway.access").info("{}", "{}");
            assertThat(out.toString(StandardCharsets.UTF_8)).contains("{\"dropped\":");
        });
        String written = out.toString(StandardCharsets.UTF_8);
        assertThat(written.lines().filter("{}"::equals).count()).isLessThan(lines);
        context.stop();
    }

    private static String logged(Log.Level level, Log.Format format, String name, Consumer<Logger> use, String... mdc) {
        LoggerContext context = new LoggerContext();
        BasicMDCAdapter adapter = new BasicMDCAdapter();
        if (mdc.length == 2) {
            adapter.put(mdc[0], mdc[1]);
        }
        context.setMDCAdapter(adapter);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        Logging.configure(context, new Log(level, format), out);
        use.accept(context.getLogger(name));
        context.stop();
        return out.toString(StandardCharsets.UTF_8);
    }
}
