package gateway.support;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.ConnectException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.UnknownHostException;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import reactor.netty.tcp.TcpClient;
import reactor.test.StepVerifier;

/** Proves that no test can leave this machine. */
class NoNetworkTest {

    @Test
    void a_socket_is_connected_to_another_machine() throws Exception {
        try (var socket = new Socket()) {
            assertThatThrownBy(() -> socket.connect(NoNetwork.elsewhere(), 100))
                    .isInstanceOf(ConnectException.class)
                    .hasMessageContaining("tests stay on this machine");
        }
        try (var channel = SocketChannel.open()) {
            assertThatThrownBy(() -> channel.connect(NoNetwork.elsewhere()))
                    .isInstanceOf(ConnectException.class)
                    .hasMessageContaining("tests stay on this machine");
        }
    }

    @Test
    void netty_connects_to_another_machine() {
        StepVerifier.create(
                        TcpClient.create().remoteAddress(NoNetwork::elsewhere).connect())
                .expectErrorSatisfies(error -> assertThat(error).hasMessageContaining("tests stay on this machine"))
                .verify(Duration.ofSeconds(10));
    }

    @Test
    void a_name_server_is_asked() {
        assertThatThrownBy(() -> InetAddress.getAllByName("registry.example"))
                .isInstanceOf(UnknownHostException.class)
                .hasMessageContaining("tests ask no name server");
        StepVerifier.create(TcpClient.create().host("registry.example").port(9).connect())
                .expectErrorSatisfies(error -> assertThat(error).hasMessageContaining("tests ask no name server"))
                .verify(Duration.ofSeconds(10));
    }

    @Test
    void this_machine_has_its_names() throws Exception {
        assertThat(InetAddress.getAllByName("localhost")).allMatch(InetAddress::isLoopbackAddress);
        assertThat(InetAddress.getAllByName("127.0.0.2")).allMatch(InetAddress::isLoopbackAddress);
    }
}
