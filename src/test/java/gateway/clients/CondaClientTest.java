package gateway.clients;

import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.SimpleFileServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.io.TempDir;

/** rattler, which pixi is made of, with each form of an index; the channel is one that its indexer made here. */
class CondaClientTest extends ClientContract {

    private static final Path SCRIPTS =
            Path.of("src/test/resources/gateway/clients").toAbsolutePath();
    private static final List<String> FORMS = List.of("shards", "zst", "json");

    @TempDir
    static Path channels;

    private @Nullable HttpServer registry;
    private String configuration = "";

    @Override
    List<String> mounts() {
        return List.of("conda");
    }

    @Override
    String configuration() {
        if (configuration.isEmpty()) {
            Path channel = channels.resolve("demo");
            Tools.say(
                    Tools.rattler().toString(),
                    SCRIPTS.resolve("make_channel.py").toString(),
                    channel.toString());
            registry = SimpleFileServer.createFileServer(
                    new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                    channels.toAbsolutePath(),
                    SimpleFileServer.OutputLevel.NONE);
            registry.start();
            configuration = "upstream: { conda: \"http://127.0.0.1:%d\" }\n"
                    .formatted(registry.getAddress().getPort());
        }
        return configuration;
    }

    @Override
    @AfterAll
    void cutOff() {
        if (registry != null) {
            registry.stop(0);
        }
    }

    @Override
    Sample sample(Home home) throws IOException {
        String file = "noarch/tree-3.0-0.conda";
        return new Sample(
                "/demo/" + file, Tree.of(channels.resolve("demo")).getOrDefault(file, ""), "shards/share/tree.txt");
    }

    @Override
    void install(Home home, URI gateway) {
        for (String form : FORMS) {
            home.run(
                    Tools.rattler(),
                    SCRIPTS.resolve("solve_and_install.py"),
                    gateway + "/conda/demo",
                    form,
                    home.file(form),
                    home.folder("cache-" + form));
        }
    }

    @Override
    SortedMap<String, String> installed(Home home, URI gateway) {
        SortedMap<String, String> files = new TreeMap<>();
        for (String form : FORMS) {
            Tree.of(home.file(form), path -> path.startsWith("share/"))
                    .forEach((path, digest) -> files.put(form + "/" + path, digest));
        }
        return files;
    }
}
