package gateway.clients;

import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.io.TempDir;

/** gem, which asks for the root first and then for the compact index. */
class GemClientTest extends ClientContract {

    @TempDir
    @SuppressWarnings("NullAway.Init") // by JUnit
    static Path folder;

    private @Nullable GemRegistry registry;

    private GemRegistry registry() {
        GemRegistry started = registry;
        if (started == null) {
            started = new GemRegistry(folder);
            registry = started;
        }
        return started;
    }

    @AfterAll
    void closeRegistry() {
        registry().close();
    }

    @Override
    List<String> mounts() {
        return List.of("gem");
    }

    @Override
    String configuration() {
        return "upstream: { gem: \"" + registry().server().url() + "\" }\n";
    }

    @Override
    Sample sample(Home home) {
        return new Sample("/gems/demo-app-1.2.0.gem", registry().sha256("demo-app-1.2.0"), "cache/demo-app-1.2.0.gem");
    }

    @Override
    void install(Home home, URI gateway) {
        home.set("GEM_HOME", home.file("gems")).set("GEM_SPEC_CACHE", home.file("specs"));
        home.run(
                Tools.gem(),
                "install",
                "--no-document",
                "--clear-sources",
                "--source",
                gateway + "/gem/",
                "demo-app",
                "demo-2-native");
    }

    @Override
    SortedMap<String, String> installed(Home home, URI gateway) {
        return Tree.of(home.file("gems"), path -> path.matches("(cache|gems|specifications)/.*"));
    }
}
