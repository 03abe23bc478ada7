package gateway.upstream;

import gateway.settings.Network;
import gateway.settings.Upstream;
import gateway.upstream.UpstreamRequest.Lane;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.resolver.AddressResolverGroup;
import java.net.InetSocketAddress;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.netty.http.HttpResources;
import reactor.netty.resources.ConnectionProvider;
import reactor.netty.resources.LoopResources;
import reactor.netty.transport.NameResolverProvider;

/** Asks upstreams with Reactor Netty: budget, breaker, then one exchange for each step along the redirects. */
public final class HttpUpstreams implements Upstreams {
    /** Upstreams that members of projects named. */
    private static final int MOST_PASSING = 1000;

    private final Network network;
    private final String agent;
    private final Clock clock;
    private final AddressResolverGroup<InetSocketAddress> names;
    private final Clients clients;
    private final Peers peers;

    /**
     * A client for all upstreams.
     *
     * @param version what the User-Agent says of us
     */
    public HttpUpstreams(Network network, String version, Clock clock) {
        this(network, version, clock, nameServers(network), MOST_PASSING);
    }

    HttpUpstreams(
            Network network, String version, Clock clock, AddressResolverGroup<InetSocketAddress> names, int most) {
        this.network = network;
        this.agent = "gateway/" + version;
        this.clock = clock;
        this.names = names;
        this.clients = new Clients(network, names);
        this.peers = new Peers(this::peer, most);
    }

    static AddressResolverGroup<InetSocketAddress> nameServers(Network network) {
        return NameResolverProvider.builder()
                .queryTimeout(network.connectTimeout())
                .build()
                .newNameResolverGroup(HttpResources.get(), LoopResources.DEFAULT_NATIVE);
    }

    @Override
    public Mono<UpstreamResponse> get(UpstreamRequest request) {
        return Mono.defer(() -> {
            Peer peer = peers.use(request.upstream());
            // The answer that it may have become is a use of its own.
            return ask(peer, request).doFinally(signal -> peer.uses().end());
        });
    }

    private Mono<UpstreamResponse> ask(Peer peer, UpstreamRequest request) {
        return Mono.defer(() -> {
            peer.budget().check(request.upstream().name());
            Claim claim = new Claim();
            return peer.breaker(request.lane())
                    .guard(outcome -> follow(peer, request, Hop.first(request), claim, outcome)
                            .<UpstreamResponse>handle((response, sink) -> {
                                if (claim.settle()) {
                                    outcome.answered(response.status());
                                    sink.next(response);
                                }
                            }))
                    .doOnCancel(claim::abandon);
        });
    }

    private Mono<ReceivedResponse> follow(Peer peer, UpstreamRequest request, Hop hop, Claim claim, Outcome outcome) {
        return new Exchange(peer, request, hop, claim, outcome, network.flightTimeout())
                .send()
                .flatMap(response -> {
                    peer.budget().note(response.status(), response.header("Retry-After"));
                    String location = response.header(HttpHeaderNames.LOCATION.toString());
                    if (location == null || !Hop.isRedirect(response.status())) {
                        return Mono.just(response);
                    }
                    response.drop();
                    Hop next = hop.next(response.status(), location, peer.failures(hop.uri()));
                    return follow(peer, request, next, claim, outcome);
                });
    }

    private Peer peer(String id, Upstream upstream) {
        OwnAddresses own = OwnAddresses.of(upstream);
        Upstream.Terms terms = upstream.terms();
        // Whom a member of a project names is not allowed a private address by being named.
        AddressGuard guard =
                new AddressGuard(terms.trusted() ? own : new OwnAddresses(List.of()), network.allowPrivateUpstreams());
        Duration response = terms.responseTimeout() == null ? network.responseTimeout() : terms.responseTimeout();
        ConnectionProvider pool = clients.connections(id);
        return new Peer(
                upstream,
                guard,
                new RequestHeaders(agent, own),
                pool,
                clients.client(pool, guard, response),
                clients.client(ConnectionProvider.newConnection(), guard, response),
                new Breaker(upstream.name(), clock),
                new Breaker(upstream.name(), clock),
                new Budget(clock),
                new Uses());
    }

    /** How the upstreams fare of which something is kept. */
    public List<UpstreamState> states() {
        return peers.all().entrySet().stream()
                .flatMap(entry -> Stream.of(Lane.values()).map(lane -> state(entry.getKey(), entry.getValue(), lane)))
                .sorted(Comparator.comparing(UpstreamState::name).thenComparing(UpstreamState::lane))
                .toList();
    }

    @Override
    public UpstreamState state(Upstream upstream, Lane lane) {
        String id = upstream.id();
        Peer peer = peers.find(id);
        return peer == null
                ? new UpstreamState(id, upstream.name(), lane, "CLOSED", null, null, 0)
                : state(id, peer, lane);
    }

    private static UpstreamState state(String id, Peer peer, Lane lane) {
        Breaker breaker = peer.breaker(lane);
        @Nullable Instant open = breaker.openUntil();
        @Nullable Instant throttled = peer.budget().until();
        return new UpstreamState(id, peer.upstream().name(), lane, breaker.state(), open, throttled, breaker.calls());
    }

    /** Closes all connections. */
    public Mono<Void> close() {
        return Flux.fromIterable(List.copyOf(peers.all().values()))
                .flatMap(peer -> peer.connections().disposeLater())
                .then(Mono.fromRunnable(names::close));
    }
}
