package gateway.support;

import static net.bytebuddy.matcher.ElementMatchers.named;
import static net.bytebuddy.matcher.ElementMatchers.none;
import static net.bytebuddy.matcher.ElementMatchers.takesArgument;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnknownHostException;
import net.bytebuddy.agent.ByteBuddyAgent;
import net.bytebuddy.agent.builder.AgentBuilder;
import net.bytebuddy.asm.Advice;
import net.bytebuddy.description.method.MethodDescription;
import net.bytebuddy.matcher.ElementMatcher;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Keeps every test on this machine: connecting to an address that is not loopback fails, and so does asking for any name
 * but localhost, in the JDK as in Netty.
 */
public final class NoNetwork implements BeforeAllCallback {

    // Before the first test class is touched, as with the other guards.
    static {
        AgentBuilder agent = new AgentBuilder.Default()
                .disableClassFormatChanges()
                .with(AgentBuilder.RedefinitionStrategy.RETRANSFORMATION)
                .ignore(none());
        var withAddress = takesArgument(0, SocketAddress.class);
        var withName = takesArgument(0, String.class);
        agent = guard(agent, "sun.nio.ch.SocketChannelImpl", named("connect").and(withAddress), Connecting.class);
        agent = guard(agent, "java.net.Socket", named("connect").and(withAddress), Connecting.class);
        agent = guard(
                agent,
                "io.netty.channel.epoll.AbstractEpollChannel",
                named("doConnect").and(withAddress),
                Connecting.class);
        agent = guard(agent, "java.net.InetAddress", named("getAllByName").and(withName), Naming.class);
        agent = guard(
                agent,
                "io.netty.resolver.dns.DnsNameResolver",
                named("doResolve").or(named("doResolveAll")).and(withName),
                Naming.class);
        agent.installOn(ByteBuddyAgent.install());
    }

    private static AgentBuilder guard(
            AgentBuilder agent, String type, ElementMatcher<? super MethodDescription> method, Class<?> advice) {
        return agent.type(named(type))
                .transform((builder, description, loader, module, domain) ->
                        builder.visit(Advice.to(advice).on(method)));
    }

    @Override
    public void beforeAll(ExtensionContext context) {
        // All is done when this class is loaded.
    }

    /** Copied into the methods that connect, so it may use nothing but the JDK. */
    private static final class Connecting {
        @Advice.OnMethodEnter
        static void enter(@Advice.Argument(0) @Nullable SocketAddress to) throws IOException {
            if (to instanceof InetSocketAddress address
                    && !address.isUnresolved()
                    && !address.getAddress().isLoopbackAddress()) {
                throw new ConnectException("tests stay on this machine: ".concat(to.toString()));
            }
        }
    }

    /** Copied into the methods that look names up; numbers are no names. */
    private static final class Naming {
        @Advice.OnMethodEnter
        static void enter(@Advice.Argument(0) @Nullable String name) throws IOException {
            if (name != null
                    && !name.equalsIgnoreCase("localhost")
                    && !name.matches("[0-9.]+|[0-9a-fA-F]*:.*|\\[.*")
                    && !name.isEmpty()) {
                throw new UnknownHostException("tests ask no name server: ".concat(name));
            }
        }
    }

    /** For the test that proves the guard is on: an address that nobody is to reach. */
    static InetSocketAddress elsewhere() {
        return new InetSocketAddress(InetAddress.ofLiteral("192.0.2.1"), 9);
    }
}
