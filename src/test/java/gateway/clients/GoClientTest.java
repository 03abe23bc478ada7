package gateway.clients;

import java.net.URI;
import java.util.List;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/** go: first with the checksum database, for which it asks the gateway as well, then with the go.sum from there. */
class GoClientTest extends ClientContract {

    private @Nullable String sums;

    @Override
    List<String> mounts() {
        return List.of("go");
    }

    @Override
    Sample sample(Home home) {
        return new Sample(
                "/github.com/google/uuid/@v/v1.6.0.zip",
                "d0f02f377217f42702e259684e06441edbf5140dddcc34ba9bea56038b38a6ed",
                "/github.com/google/uuid/@v/v1.6.0.zip");
    }

    @Override
    void install(Home home, URI gateway) {
        home.write("project/go.mod", """
                module project

                go 1.18

                require (
                    github.com/BurntSushi/toml v1.4.0
                    github.com/davecgh/go-spew v1.1.1
                    github.com/google/uuid v1.6.0
                    golang.org/x/sync v0.10.0
                )
                """);
        // Which tiles of the database prove a sum depends on the order of answers, so only the first run asks for them.
        if (sums != null) {
            home.write("project/go.sum", sums);
        }
        home.set("GOENV", "off")
                .set("GOPROXY", gateway + "/go")
                .set("GOPATH", home.file("go"))
                .set("GOCACHE", home.file("cache"))
                .set("GOFLAGS", "-modcacherw")
                .set("GOTOOLCHAIN", "local");
        home.run(Tools.go(), "mod", "download", "all");
        sums = home.read("project/go.sum");
    }

    @Override
    SortedMap<String, String> installed(Home home, URI gateway) {
        SortedMap<String, String> files =
                Tree.of(home.file("go/pkg/mod"), path -> !path.matches("cache/(download/sumdb/.*|lock|.*\\.lock)"));
        files.put("go.sum", home.read("project/go.sum"));
        return files;
    }
}
