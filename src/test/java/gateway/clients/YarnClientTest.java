package gateway.clients;

import java.net.URI;
import java.util.List;
import java.util.SortedMap;

/** yarn of the berry line. */
class YarnClientTest extends ClientContract {

    @Override
    List<String> mounts() {
        return List.of("npm");
    }

    @Override
    Sample sample(Home home) {
        return NodeProject.SAMPLE;
    }

    @Override
    void install(Home home, URI gateway) {
        NodeProject.write(home);
        home.write("project/.yarnrc.yml", """
                npmRegistryServer: "%s/npm"
                unsafeHttpWhitelist: ["127.0.0.1"]
                nodeLinker: node-modules
                enableTelemetry: false
                httpRetry: 1
                """.formatted(gateway));
        home.write("project/yarn.lock", "");
        home.set("YARN_GLOBAL_FOLDER", home.folder("yarn"));
        home.run(Tools.node(), Tools.yarn(), "install", "--no-immutable");
    }

    @Override
    SortedMap<String, String> installed(Home home, URI gateway) {
        return NodeProject.installed(home, gateway, "yarn.lock");
    }
}
