package gateway.upstream.git;

import static org.assertj.core.api.Assertions.assertThat;

import gateway.settings.Credentials;
import gateway.settings.GitModule;
import gateway.settings.Rules;
import gateway.settings.Upstream;
import gateway.support.FakeClock;
import gateway.support.PipelineAnswer;
import gateway.support.PipelineGateway;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** A gateway with one mount for the modules of a git repository, and a clock that tests move. */
final class GitGateway implements AutoCloseable {

    static final String MODULE = "gateway.test/acme/app";

    private final FakeClock clock = new FakeClock(Instant.parse("2026-03-01T00:00:00Z"));
    private final PipelineGateway gateway;

    private GitGateway(PipelineGateway gateway) {
        this.gateway = gateway;
    }

    static GitGateway of(Path folder, URI repository) throws Exception {
        return of(folder, repository, true, null);
    }

    static GitGateway of(Path folder, URI repository, boolean rootTags, @Nullable Credentials credentials)
            throws Exception {
        return of(PipelineGateway.in(folder), repository, rootTags, credentials);
    }

    /** One that may follow redirects into a private network. */
    static GitGateway of(Path folder, URI repository, Credentials credentials, String allowed) throws Exception {
        return of(PipelineGateway.in(folder).allow(allowed), repository, true, credentials);
    }

    /** One with settings of its own. */
    static GitGateway of(PipelineGateway pipeline, URI repository, boolean rootTags, @Nullable Credentials credentials)
            throws Exception {
        GitGateway made = new GitGateway(pipeline);
        made.gateway
                .clock(made.clock)
                .mount(
                        "/go",
                        "go",
                        Upstream.git("go", repository, new GitModule(MODULE, rootTags), credentials, Rules.NONE))
                .start();
        return made;
    }

    PipelineAnswer get(String path) throws Exception {
        return gateway.get("/go/" + MODULE + path);
    }

    /** What an answer that has to be good says. */
    String text(String path) throws Exception {
        PipelineAnswer answer = get(path);
        assertThat(answer.status()).as(path + ": " + answer.text()).isEqualTo(200);
        return answer.text();
    }

    /** Why there is none. */
    String absence(String path) throws Exception {
        PipelineAnswer answer = get(path);
        assertThat(answer.status()).as(path + ": " + answer.text()).isEqualTo(404);
        return answer.text();
    }

    /** Bytes, also of what is larger than the start of an answer. */
    byte[] bytes(String path) throws Exception {
        PipelineAnswer answer = get(path);
        assertThat(answer.status()).as(path + ": " + answer.text()).isEqualTo(200);
        assertThat(answer.length()).isEqualTo(answer.start().length);
        return answer.start();
    }

    /** Until lists and absences are asked for again. */
    void later() {
        clock.advance(Duration.ofMinutes(6));
    }

    PipelineGateway pipeline() {
        return gateway;
    }

    @Override
    public void close() {
        gateway.close();
    }
}
