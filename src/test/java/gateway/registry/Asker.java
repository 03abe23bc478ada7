package gateway.registry;

import gateway.web.ProjectServer;
import gateway.web.RegistryServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.function.Supplier;

/**
 * Somebody who asks a registry, with the same headers each time.
 *
 * @param server that runs at the moment
 * @param root before every path
 * @param headers names and values that say who it is
 */
record Asker(Supplier<RegistryServer> server, String root, List<String> headers) {

    /** The same one, who asks below another root. */
    Asker at(String other) {
        return new Asker(server, other, headers);
    }

    HttpResponse<byte[]> get(String path, String... more) {
        return send("GET", path, BodyPublishers.noBody(), more);
    }

    /** A link as clients are told it. */
    HttpResponse<byte[]> follow(String link) {
        return at("").get(link.substring(ProjectServer.BASE.length()));
    }

    HttpResponse<byte[]> put(String path, byte[] body, String... more) {
        return send("PUT", path, BodyPublishers.ofByteArray(body), more);
    }

    HttpResponse<byte[]> delete(String path) {
        return send("DELETE", path, BodyPublishers.noBody());
    }

    HttpResponse<byte[]> send(String method, String path, BodyPublisher body, String... more) {
        return server.get().server().send(method, root + path, body, with(more).toArray(String[]::new));
    }

    /** A connection on which the head of a request was sent, and none of its body. */
    Socket begin(String method, String path, int length, String... more) throws IOException {
        StringBuilder head = new StringBuilder(method + " " + root + path + " HTTP/1.1\r\nHost: x\r\n");
        for (Iterator<String> rest = with(more).iterator(); rest.hasNext(); ) {
            head.append(rest.next()).append(": ").append(rest.next()).append("\r\n");
        }
        head.append("Content-Length: ").append(length).append("\r\n\r\n");
        Socket socket = new Socket(
                InetAddress.getLoopbackAddress(), server.get().server().port());
        socket.setSoTimeout(60_000);
        socket.getOutputStream().write(head.toString().getBytes(StandardCharsets.US_ASCII));
        return socket;
    }

    private List<String> with(String... more) {
        List<String> all = new ArrayList<>(headers);
        all.addAll(List.of(more));
        return all;
    }
}
