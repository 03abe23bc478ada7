package gateway.upstream.git;

import gateway.format.Algorithm;
import gateway.settings.Credentials;
import gateway.settings.Network;
import gateway.settings.Upstream;
import gateway.upstream.UpstreamRequest;
import gateway.upstream.UpstreamResponse;
import gateway.upstream.UpstreamState;
import gateway.upstream.Upstreams;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/** Asks git repositories for Go modules, and leaves every other upstream to the client of HTTP. */
public final class GitUpstreams implements Upstreams, AutoCloseable {

    private final Upstreams others;
    private final Network network;
    private final Path folder;
    private final Clock clock;
    /** Made when it is first needed: few gateways have such an upstream, and JGit takes a moment to load. */
    private @Nullable Repositories repositories;

    /**
     * Asks whoever it is for.
     *
     * @param others for upstreams that are no git repositories
     * @param store the store's folder; mirrors are kept in {@code .git} below it
     */
    public GitUpstreams(Upstreams others, Network network, Path store, Clock clock) {
        this.others = others;
        this.network = network;
        this.folder = store.resolve(".git");
        this.clock = clock;
    }

    @Override
    public Mono<UpstreamResponse> get(UpstreamRequest request) {
        return request.upstream().git() == null
                ? others.get(request)
                : repositories().get(request);
    }

    @Override
    public UpstreamState state(Upstream upstream, UpstreamRequest.Lane lane) {
        return others.state(upstream, lane);
    }

    private synchronized Repositories repositories() {
        Repositories known = repositories;
        if (known == null) {
            known = new Repositories(network, folder, clock);
            repositories = known;
        }
        return known;
    }

    @Override
    public synchronized void close() {
        if (repositories != null) {
            repositories.close();
        }
    }

    /** The name of its mirror: whoever has other credentials does not see what these may. */
    static String identity(Upstream upstream) {
        Credentials credentials = upstream.credentials();
        String text = upstream.url()
                + (credentials == null
                        ? ""
                        : "\n" + credentials.username() + "\n"
                                + credentials.password().value());
        return HexFormat.of().formatHex(Algorithm.SHA256.digest().digest(text.getBytes(StandardCharsets.UTF_8)));
    }
}
