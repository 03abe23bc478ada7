package gateway.upstream;

import static gateway.upstream.UpstreamFixture.SOON;
import static gateway.upstream.UpstreamFixture.fail;
import static gateway.upstream.UpstreamFixture.fetch;
import static gateway.upstream.UpstreamFixture.get;
import static org.assertj.core.api.Assertions.assertThat;

import gateway.settings.Upstream;
import gateway.support.FakeUpstream;
import gateway.upstream.UpstreamException.Reason;
import io.netty.resolver.AddressResolver;
import io.netty.resolver.AddressResolverGroup;
import io.netty.resolver.InetNameResolver;
import io.netty.resolver.InetSocketAddressResolver;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Promise;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What names resolve to decides, at the moment of connecting. */
class NamesTest {
    private final FakeUpstream fake = FakeUpstream.start();
    private final AddressResolverGroup<InetSocketAddress> names = new Names(Map.of(
            "own.example", List.of("127.0.0.1"),
            "evil.example", List.of("127.0.0.1"),
            "mixed.example", List.of("10.0.0.1", "192.0.0.192", "127.0.0.1"),
            "friend.example", List.of("127.0.0.1")));
    private final Upstream upstream = Upstream.at("own", URI.create("http://own.example:" + fake.port()));

    @AfterEach
    void close() {
        fake.close();
    }

    private URI at(String host) {
        return URI.create("http://" + host + ":" + fake.port() + "/file");
    }

    @Test
    void the_upstreams_own_name_may_be_private() {
        fake.serve("/file", "found");
        var upstreams = UpstreamFixture.Settings.usual().open(names);
        assertThat(fetch(upstreams, get(upstream, at("own.example"))))
                .asString()
                .isEqualTo("found");
        assertThat(fetch(upstreams, get(upstream, at("OWN.example"))))
                .asString()
                .isEqualTo("found");
        upstreams.close().block(SOON);
    }

    @ParameterizedTest
    @ValueSource(strings = {"evil.example", "mixed.example"})
    void another_name_that_turns_out_private_is_refused(String host) {
        var upstreams = UpstreamFixture.Settings.usual().open(names);
        UpstreamException error = fail(upstreams.get(get(upstream, at(host))));
        assertThat(error.reason()).isEqualTo(Reason.FORBIDDEN_REDIRECT);
        assertThat(error).hasMessageContaining(host).hasMessageContaining("private");
        assertThat(fake.connections()).isZero();
        upstreams.close().block(SOON);
    }

    @Test
    void a_name_turns_private_after_it_was_looked_at() {
        // Whoever looks a name up once to check it and once more to connect would be led astray by the second answer.
        var answers = new java.util.concurrent.atomic.AtomicInteger();
        var turning = new Names(Map.of()) {
            @Override
            Stream<InetAddress> addresses(String name) {
                return Stream.of(InetAddress.ofLiteral(answers.getAndIncrement() == 0 ? "9.9.9.9" : "127.0.0.1"));
            }
        };
        var upstreams = UpstreamFixture.Settings.usual().open(turning);
        UpstreamException first = fail(upstreams.get(get(upstream, at("turning.example"))));
        assertThat(answers).hasValue(1);
        assertThat(first.reason()).isNotEqualTo(Reason.FORBIDDEN_REDIRECT);

        UpstreamException second = fail(upstreams.get(get(upstream, at("turning.example"))));

        assertThat(second.reason()).isEqualTo(Reason.FORBIDDEN_REDIRECT);
        assertThat(fake.connections()).isZero();
        upstreams.close().block(SOON);
    }

    @Test
    void a_name_or_a_network_is_allowed_by_the_settings() {
        fake.serve("/file", "found");
        var byName = UpstreamFixture.Settings.usual().allowing("friend.example").open(names);
        assertThat(fetch(byName, get(upstream, at("friend.example"))))
                .asString()
                .isEqualTo("found");
        assertThat(fail(byName.get(get(upstream, at("evil.example")))).reason()).isEqualTo(Reason.FORBIDDEN_REDIRECT);
        byName.close().block(SOON);

        var byNetwork = UpstreamFixture.Settings.usual().allowing("127.0.0.0/8").open(names);
        assertThat(fetch(byNetwork, get(upstream, at("mixed.example"))))
                .asString()
                .isEqualTo("found");
        byNetwork.close().block(SOON);
    }

    @Test
    void a_name_that_nobody_knows_is_unreachable() {
        var upstreams = UpstreamFixture.Settings.usual().open(names);
        UpstreamException error = fail(upstreams.get(get(upstream, at("absent.example"))));
        assertThat(error.reason()).isEqualTo(Reason.UNREACHABLE);
        assertThat(error).hasMessageContaining("absent.example").hasMessageContaining("has no address");
        upstreams.close().block(SOON);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "0.0.0.0",
                "10.255.0.1",
                "100.64.0.1",
                "127.8.8.8",
                "169.254.169.254",
                "172.31.1.1",
                "192.168.1.1",
                "192.0.0.192",
                "198.19.0.1",
                "224.0.0.1",
                "255.255.255.255",
                "::",
                "::1",
                "::ffff:10.0.0.1",
                "::7f00:1",
                "64:ff9b::a00:1",
                "2002:a00:1::",
                "2001::1",
                "fd00:ec2::254",
                "fe80::1",
                "fec0::1",
                "ff02::1"
            })
    void a_private_address(String address) {
        assertThat(AddressGuard.isPrivate(InetAddress.ofLiteral(address))).isTrue();
    }

    @Test
    void a_mapped_address_stays_private_when_it_is_kept_in_its_long_form() throws Exception {
        byte[] mapped = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, -1, -1, 10, 0, 0, 1};
        assertThat(AddressGuard.isPrivate(Inet6Address.getByAddress(null, mapped, -1)))
                .isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"9.9.9.9", "100.128.0.1", "172.32.0.1", "2a00:1450::1", "64:ff9b::909:909", "2606:4700::1"})
    void a_public_address(String address) {
        assertThat(AddressGuard.isPrivate(InetAddress.ofLiteral(address))).isFalse();
    }

    /** A name server in memory. */
    static class Names extends AddressResolverGroup<InetSocketAddress> {
        private final Map<String, List<String>> known;

        Names(Map<String, List<String>> known) {
            this.known = known;
        }

        @Override
        protected AddressResolver<InetSocketAddress> newResolver(EventExecutor executor) {
            return new InetSocketAddressResolver(executor, new InetNameResolver(executor) {
                @Override
                protected void doResolve(String name, Promise<InetAddress> promise) {
                    promise.setSuccess(addresses(name).findFirst().orElseThrow());
                }

                @Override
                protected void doResolveAll(String name, Promise<List<InetAddress>> promise) {
                    var all = addresses(name).toList();
                    if (all.isEmpty()) {
                        promise.setFailure(new UnknownHostException(name));
                    } else {
                        promise.setSuccess(all);
                    }
                }
            });
        }

        Stream<InetAddress> addresses(String name) {
            return known.getOrDefault(name.toLowerCase(Locale.ROOT), List.of()).stream()
                    .map(InetAddress::ofLiteral);
        }
    }
}
