package gateway.clients;

import java.net.URI;
import java.util.List;
import java.util.SortedMap;

/** pnpm. */
class PnpmClientTest extends ClientContract {

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
        home.write("project/.npmrc", """
                registry=%s/npm/
                fetch-retries=1
                fetch-retry-mintimeout=100
                """.formatted(gateway));
        home.path(Tools.node().resolveSibling(""));
        home.run(Tools.pnpm(), "install", "--no-frozen-lockfile");
    }

    @Override
    SortedMap<String, String> installed(Home home, URI gateway) {
        return NodeProject.installed(home, gateway, "pnpm-lock.yaml");
    }
}
