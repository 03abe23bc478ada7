package gateway.clients;

import java.net.URI;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/** cargo, with the sparse protocol. */
class CargoClientTest extends ClientContract {

    @Override
    List<String> mounts() {
        return List.of("cargo");
    }

    @Override
    Sample sample(Home home) {
        return new Sample(
                "/itoa/1.0.14/download",
                "d75a2a4b1b190afb6f5425f10f6a8f959d2ea0b9c2b1d79553551850539e4674",
                "cache/itoa-1.0.14.crate");
    }

    @Override
    void install(Home home, URI gateway) {
        home.write("project/src/lib.rs", "");
        home.write("project/Cargo.toml", """
                [package]
                name = "project"
                version = "1.0.0"
                edition = "2021"

                [dependencies]
                cfg-if = "=1.0.0"
                either = "=1.13.0"
                fnv = "=1.0.7"
                itoa = "=1.0.14"
                smallvec = "=1.13.2"
                """);
        home.write("cargo/config.toml", """
                [source.crates-io]
                replace-with = "gateway"

                [source.gateway]
                registry = "sparse+%s/cargo/"

                [net]
                retry = 1
                """.formatted(gateway));
        home.set("CARGO_HOME", home.file("cargo")).path(Tools.cargo().resolveSibling(""));
        home.run(Tools.cargo(), "fetch");
    }

    @Override
    SortedMap<String, String> installed(Home home, URI gateway) {
        SortedMap<String, String> files = new TreeMap<>();
        // The folders of a registry are named after its address.
        Tree.of(home.file("cargo/registry"), path -> path.matches("(cache|src)/.*"))
                .forEach((path, digest) -> files.put(path.replaceFirst("/[^/]+/", "/"), digest));
        files.put("Cargo.lock", home.digest("project/Cargo.lock", gateway));
        return files;
    }
}
