package gateway.clients;

import gateway.clients.ClientContract.Sample;
import java.net.URI;
import java.util.List;
import java.util.SortedMap;

/** A project with a handful of npm packages, plain and scoped, some of them with dependencies. */
final class NodeProject {

    static final Sample SAMPLE = new Sample(
            "/ms-2.1.3.tgz", "f6616e15e530ed552f9daa2d3ce71963947c6bc7c98c9b64fd3e673fd02622c6", "ms/index.js");

    private NodeProject() {}

    static void write(Home home) {
        home.write("project/package.json", """
                {
                  "name": "project",
                  "version": "1.0.0",
                  "private": true,
                  "dependencies": {
                    "@sindresorhus/is": "4.6.0",
                    "chalk": "4.1.2",
                    "debug": "4.4.0",
                    "is-number": "7.0.0",
                    "ms": "2.1.3"
                  }
                }
                """);
    }

    /** All of {@code node_modules} but for the client's own notes, and the files given, with the address taken out. */
    static SortedMap<String, String> installed(Home home, URI gateway, String... locks) {
        SortedMap<String, String> files =
                Tree.of(home.file("project/node_modules"), path -> !path.startsWith(".") || path.startsWith(".pnpm/"));
        files.remove(".pnpm/lock.yaml");
        List.of(locks).forEach(lock -> files.put(lock, home.digest("project/" + lock, gateway)));
        return files;
    }
}
