package gateway.clients;

import java.net.URI;
import java.util.List;
import java.util.SortedMap;

/** npm. */
class NpmClientTest extends ClientContract {

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
        home.write(".npmrc", """
                registry=%s/npm/
                fetch-retries=1
                fetch-retry-mintimeout=100
                """.formatted(gateway));
        home.set("npm_config_globalconfig", home.file("nothing"))
                .path(Tools.node().resolveSibling(""));
        home.run(Tools.npm(), "install", "--no-fund");
    }

    @Override
    SortedMap<String, String> installed(Home home, URI gateway) {
        return NodeProject.installed(home, gateway, "package-lock.json", "node_modules/.package-lock.json");
    }
}
