package gateway.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import gateway.support.FakeAnswer;
import gateway.support.FakeClock;
import gateway.support.FakeUpstream;
import gateway.support.PipelineAnswer;
import gateway.support.PipelineGateway;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

/** A Debian archive whose Release has its signature in a file of its own, and which may change between the two. */
class ReleaseAndSignatureTest {

    private static final String RELEASE = "/dists/stable/Release";
    private static final String SIGNATURE = RELEASE + ".gpg";

    private final FakeUpstream upstream = FakeUpstream.start();
    private final FakeClock clock = new FakeClock(Instant.parse("2026-03-02T00:00:00Z"));

    @TempDir
    Path folder;

    private PipelineGateway gateway;

    @BeforeEach
    void start() throws Exception {
        gateway = PipelineGateway.in(folder)
                .mount("/debian", "debian", upstream.upstream("debian"))
                .clock(clock)
                .start();
    }

    @AfterEach
    void stop() {
        gateway.close();
        upstream.close();
    }

    @Test
    void both_are_of_one_moment() throws Exception {
        publish(1, true);

        assertServed(1);

        assertThat(upstream.count(RELEASE)).isEqualTo(2);
        assertThat(upstream.requests(RELEASE).getLast().header("if-none-match")).isEqualTo("\"1\"");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void the_archive_changes_between_them(boolean validators) throws Exception {
        publish(1, validators);
        upstream.answer(SIGNATURE, request -> publish(2, validators));

        assertServed(2);

        assertThat(upstream.count(SIGNATURE)).isEqualTo(2);
        assertThat(gateway.files())
                .filteredOn(file -> file.startsWith(".blobs"))
                .hasSize(2);
    }

    @Test
    void the_archive_changes_again_and_again() throws Exception {
        publish(1, true);
        changeWithEachSignature(2);

        assertThat(gateway.get("/debian" + RELEASE).status()).isEqualTo(502);
        await().untilAsserted(() -> assertThat(gateway.files()).isEmpty());

        publish(9, true);
        assertServed(9);
    }

    @Test
    void the_set_before_is_served_while_the_archive_changes() throws Exception {
        publish(1, true);
        assertServed(1);
        clock.advance(Duration.ofMinutes(5));
        publish(2, true);
        changeWithEachSignature(3);

        assertServed(1);

        clock.advance(Duration.ofMinutes(5));
        publish(9, true);
        assertServed(9);
    }

    @Test
    void the_archive_is_down_until_clients_refuse_what_is_held() throws Exception {
        upstream.serve(RELEASE, release(1) + "Valid-Until: Sun, 08 Mar 2026 10:00:00 UTC\n");
        gateway.get("/debian" + RELEASE);
        upstream.stop();

        List<String> warnings = warnings();
        clock.advance(Duration.ofDays(5));
        assertThat(gateway.get("/debian" + RELEASE).status()).isEqualTo(200);
        assertThat(warnings).isEmpty();
        clock.advance(Duration.ofHours(11));
        assertThat(gateway.get("/debian" + RELEASE).status()).isEqualTo(200);
        assertThat(gateway.get("/debian" + RELEASE).status()).isEqualTo(200);
        assertThat(warnings).singleElement().asString().contains(RELEASE, "2026-03-08T10:00:00Z");
    }

    /** From the class that judges generations, from now on. */
    private static List<String> warnings() {
        List<String> warnings = new CopyOnWriteArrayList<>();
        AppenderBase<ILoggingEvent> appender = new AppenderBase<>() {
            @Override
            protected void append(ILoggingEvent event) {
                if (event.getLevel() == Level.WARN) {
                    warnings.add(event.getFormattedMessage());
                }
            }
        };
        appender.start();
        ((Logger) LoggerFactory.getLogger(Generations.class)).addAppender(appender);
        return warnings;
    }

    private FakeAnswer publish(int edition, boolean validators) {
        FakeAnswer release = upstream.serve(RELEASE, release(edition));
        FakeAnswer signature = upstream.serve(SIGNATURE, signature(edition));
        return validators ? signed(release, signature, "\"" + edition + "\"") : signature;
    }

    private static FakeAnswer signed(FakeAnswer release, FakeAnswer signature, String etag) {
        release.etag(etag);
        return signature.etag(etag);
    }

    private void changeWithEachSignature(int edition) {
        upstream.answer(SIGNATURE, request -> {
            FakeAnswer signature = publish(edition, true);
            changeWithEachSignature(edition + 1);
            return signature;
        });
    }

    private void assertServed(int edition) throws Exception {
        PipelineAnswer release = gateway.get("/debian" + RELEASE);
        assertThat(release.text()).isEqualTo(release(edition));
        assertThat(gateway.get("/debian" + SIGNATURE).text()).isEqualTo(signature(edition));
    }

    private static String release(int edition) {
        return "Suite: stable\nDate: Sun, 01 Mar 2026 10:00:0%d UTC\nSHA256:\n".formatted(edition);
    }

    private static String signature(int edition) {
        return "signature of " + edition;
    }
}
