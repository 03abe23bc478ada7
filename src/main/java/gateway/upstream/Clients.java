package gateway.upstream;

import gateway.settings.Credentials;
import gateway.settings.Network;
import gateway.settings.ProxyServer;
import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.ChannelOption;
import io.netty.handler.ssl.SslContext;
import io.netty.resolver.AddressResolverGroup;
import io.netty.resolver.NoopAddressResolverGroup;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.FutureListener;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Objects;
import reactor.core.publisher.Mono;
import reactor.netty.http.HttpProtocol;
import reactor.netty.http.HttpResources;
import reactor.netty.http.client.HttpClient;
import reactor.netty.resources.ConnectionProvider;
import reactor.netty.resources.LoopResources;
import reactor.netty.transport.ProxyProvider;

/**
 * Builds the HTTP client of an upstream.
 *
 * <p>HTTP/1.1 only: on one HTTP/2 connection all streams share a window, so that one body which is taken slowly stops
 * the others.
 */
final class Clients {
    private static final int CHUNK = 256 * 1024;
    private static final int LONGEST_HEAD = 64 * 1024;
    private static final int MOST_CONNECTIONS = 64;
    private static final int MOST_WAITING = 1024;
    private static final Duration KEPT = Duration.ofSeconds(30);
    private static final Duration OLDEST = Duration.ofMinutes(10);

    private final Network network;
    private final AddressResolverGroup<InetSocketAddress> names;
    private final SslContext tls;

    Clients(Network network, AddressResolverGroup<InetSocketAddress> names) {
        this.network = network;
        this.names = names;
        this.tls = Trust.context(network.caFile());
        // Its classes read random numbers from a file when they are loaded: now, and not on an event loop.
        HttpClient warm = HttpClient.create().protocol(HttpProtocol.HTTP11);
        Objects.requireNonNull(warm);
    }

    /** Connections of one upstream, so that a sick one takes none from the others. */
    ConnectionProvider connections(String id) {
        return ConnectionProvider.builder("upstream-" + id)
                .maxConnections(MOST_CONNECTIONS)
                .pendingAcquireMaxCount(MOST_WAITING)
                .pendingAcquireTimeout(network.responseTimeout())
                .maxIdleTime(KEPT)
                .maxLifeTime(OLDEST)
                .evictInBackground(KEPT)
                .disposeInactivePoolsInBackground(OLDEST, OLDEST)
                .build();
    }

    @SuppressWarnings("deprecation") // the chunk size: its successor is the next major version
    HttpClient client(ConnectionProvider connections, AddressGuard guard, Duration response) {
        HttpClient client = HttpClient.create(connections)
                .protocol(HttpProtocol.HTTP11)
                .followRedirect(false)
                .compress(false)
                .option(
                        ChannelOption.CONNECT_TIMEOUT_MILLIS,
                        Math.toIntExact(network.connectTimeout().toMillis()))
                .option(ChannelOption.RECVBUF_ALLOCATOR, new AdaptiveRecvByteBufAllocator(2048, 64 * 1024, CHUNK))
                .httpResponseDecoder(spec -> spec.maxChunkSize(CHUNK).maxHeaderSize(LONGEST_HEAD))
                .secure(spec -> spec.sslContext(tls).handshakeTimeout(network.connectTimeout()))
                .doOnConnected(connection ->
                        connection.addHandlerLast("patience", new Patience(response, network.idleTimeout())));
        ProxyServer proxy = network.proxy();
        return proxy == null
                ? client.resolver(new GuardedResolver(names, guard, network.connectTimeout()))
                : client.proxyWhen((config, spec) -> resolved(proxy).map(address -> through(proxy, address, spec)))
                        .resolver(NoopAddressResolverGroup.INSTANCE);
    }

    private ProxyProvider.Builder through(ProxyServer proxy, InetSocketAddress address, ProxyProvider.TypeSpec spec) {
        ProxyProvider.Builder builder = spec.type(ProxyProvider.Proxy.HTTP)
                .socketAddress(address)
                .connectTimeoutMillis(network.connectTimeout().toMillis());
        Credentials credentials = proxy.credentials();
        return credentials == null
                ? builder
                : builder.username(credentials.username())
                        .password(user -> credentials.password().value());
    }

    // Anew for each request, out of the resolver's cache: an address found at start may move.
    private Mono<InetSocketAddress> resolved(ProxyServer proxy) {
        return Mono.create(sink -> {
            var loop =
                    HttpResources.get().onClient(LoopResources.DEFAULT_NATIVE).next();
            Future<InetSocketAddress> found =
                    names.getResolver(loop).resolve(InetSocketAddress.createUnresolved(proxy.host(), proxy.port()));
            found.addListener((FutureListener<InetSocketAddress>) done -> {
                if (done.isSuccess()) {
                    sink.success(done.getNow());
                } else {
                    sink.error(done.cause());
                }
            });
        });
    }
}
