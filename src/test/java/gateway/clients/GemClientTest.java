package gateway.clients;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SortedMap;

/** gem, which asks for the root first and then for the compact index. */
class GemClientTest extends LocalContract<GemRegistry> {

    @Override
    GemRegistry make(Path files) {
        return new GemRegistry(files);
    }

    @Override
    List<String> mounts() {
        return List.of("gem");
    }

    @Override
    String configuration() throws IOException {
        return "upstream: { gem: \"" + registry().server().url() + "\" }\n";
    }

    @Override
    Sample sample(Home home) throws IOException {
        return new Sample("/gems/demo-app-1.2.0.gem", registry().sha256("demo-app-1.2.0"), "cache/demo-app-1.2.0.gem");
    }

    @Override
    void install(Home home, URI gateway) throws IOException {
        // After a download failed, Ruby 3.1 sometimes waits for ever, when it ends, for the thread of another one.
        Path settings = Files.writeString(home.file("gemrc"), ":concurrent_downloads: 1\n");
        home.set("GEMRC", settings).set("GEM_HOME", home.file("gems")).set("GEM_SPEC_CACHE", home.file("specs"));
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
