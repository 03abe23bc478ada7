package gateway.upstream;

import gateway.settings.AllowedHost;
import gateway.settings.Network;
import gateway.settings.ProxyServer;
import gateway.settings.Upstream;
import gateway.support.FakeClock;
import gateway.upstream.UpstreamRequest.Lane;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.resolver.AddressResolverGroup;
import java.io.ByteArrayOutputStream;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** What the tests of this package share: short timeouts, simple requests, bodies. */
final class UpstreamFixture {
    static final Duration SOON = Duration.ofSeconds(10);

    private UpstreamFixture() {}

    /** Settings in words of this package's tests. */
    record Settings(
            List<AllowedHost> allowed,
            @Nullable ProxyServer proxy,
            @Nullable Path caFile,
            Duration connect,
            Duration response,
            Duration idle,
            Duration flight) {

        static Settings usual() {
            return new Settings(
                    List.of(),
                    null,
                    null,
                    Duration.ofSeconds(2),
                    Duration.ofSeconds(5),
                    Duration.ofSeconds(5),
                    Duration.ofMinutes(5));
        }

        Settings allowing(String... hosts) {
            var allowing = List.of(hosts).stream().map(AllowedHost::parse).toList();
            return new Settings(allowing, proxy, caFile, connect, response, idle, flight);
        }

        Settings through(ProxyServer server) {
            return new Settings(allowed, server, caFile, connect, response, idle, flight);
        }

        Settings trusting(Path file) {
            return new Settings(allowed, proxy, file, connect, response, idle, flight);
        }

        Settings patience(Duration forHead, Duration forBody) {
            return new Settings(allowed, proxy, caFile, connect, forHead, forBody, flight);
        }

        Settings flight(Duration whole) {
            return new Settings(allowed, proxy, caFile, connect, response, idle, whole);
        }

        Network network() {
            return new Network(allowed, proxy, caFile, List.of(), connect, response, idle, flight);
        }

        HttpUpstreams open() {
            return open(new FakeClock());
        }

        HttpUpstreams open(FakeClock clock) {
            return new HttpUpstreams(network(), "test", clock);
        }

        HttpUpstreams open(AddressResolverGroup<InetSocketAddress> names) {
            return new HttpUpstreams(network(), "test", new FakeClock(), names, 1000);
        }

        /** Of upstreams that members of projects named, so many are kept. */
        HttpUpstreams keeping(int most) {
            Network network = network();
            return new HttpUpstreams(network, "test", new FakeClock(), HttpUpstreams.nameServers(network), most);
        }
    }

    static UpstreamRequest get(Upstream upstream, URI uri) {
        return get(upstream, uri, Map.of());
    }

    static UpstreamRequest get(Upstream upstream, URI uri, Map<String, String> headers) {
        return new UpstreamRequest(upstream, Lane.ARTIFACT, "GET", uri, headers, null, false);
    }

    static UpstreamRequest request(String method, Upstream upstream, URI uri) {
        return new UpstreamRequest(upstream, Lane.ARTIFACT, method, uri, Map.of(), null, false);
    }

    static UpstreamRequest post(Upstream upstream, URI uri, Flux<ByteBuf> body) {
        return new UpstreamRequest(upstream, Lane.INDEX, "POST", uri, Map.of(), body, false);
    }

    static UpstreamRequest encoded(Upstream upstream, URI uri) {
        return new UpstreamRequest(upstream, Lane.INDEX, "GET", uri, Map.of(), null, true);
    }

    static byte[] bytes(int length) {
        byte[] bytes = new byte[length];
        new Random(length).nextBytes(bytes);
        return bytes;
    }

    /** The whole body of an answer, each buffer released. */
    static Mono<byte[]> read(UpstreamResponse response) {
        return response.body()
                .collect(ByteArrayOutputStream::new, (bytes, buffer) -> {
                    bytes.writeBytes(ByteBufUtil.getBytes(buffer));
                    buffer.release();
                })
                .map(ByteArrayOutputStream::toByteArray);
    }

    /** Asks, and reads the whole body. */
    static byte[] fetch(Upstreams upstreams, UpstreamRequest request) {
        byte[] body = upstreams.get(request).flatMap(UpstreamFixture::read).block(SOON);
        return body == null ? new byte[0] : body;
    }

    /** Asks, and gives back the answer with its body dropped. */
    static UpstreamResponse ask(Upstreams upstreams, UpstreamRequest request) {
        UpstreamResponse response = answer(upstreams, request);
        response.discard();
        return response;
    }

    /** Asks, and gives back the answer with its body still to come. */
    static UpstreamResponse answer(Upstreams upstreams, UpstreamRequest request) {
        UpstreamResponse response = upstreams.get(request).block(SOON);
        if (response == null) {
            throw new AssertionError("no answer");
        }
        return response;
    }

    /** The exception that the call ends with. */
    static UpstreamException fail(Mono<?> call) {
        try {
            call.block(SOON);
        } catch (UpstreamException e) {
            return e;
        }
        throw new AssertionError("it did not fail");
    }
}
