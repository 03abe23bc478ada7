package gateway.clients;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/** composer, before a repository of archives that composer itself packed. */
class ComposerClientTest extends LocalContract<LocalRegistry> {

    private static final String LEFT = "1".repeat(40);
    private static final String RIGHT = "2".repeat(40);

    private byte[] left = new byte[0];

    @Override
    LocalRegistry make(Path files) throws IOException {
        LocalRegistry made = new LocalRegistry(files);
        publish(made, new Home(files));
        return made;
    }

    @Override
    List<String> mounts() {
        return List.of("composer");
    }

    @Override
    String configuration() throws IOException {
        return "upstream: { composer: \"" + registry().address() + "\" }\n";
    }

    @Override
    Sample sample(Home home) {
        return new Sample(
                "/dist/acme/left/" + LEFT + "-" + sha1(left).substring(0, 12) + ".zip",
                Tree.sha256(left),
                "vendor/acme/left/left.php");
    }

    @Override
    void install(Home home, URI gateway) throws IOException {
        composed(home);
        home.write("composer/config.json", """
                {
                  "config": {"secure-http": false},
                  "repositories": [{"type": "composer", "url": "%s/composer"}, {"packagist": false}]
                }
                """.formatted(gateway));
        home.write("project/composer.json", """
                {"require": {"acme/left": "1.0.0"}, "minimum-stability": "dev", "prefer-stable": true}
                """);
        home.run(Tools.composer(), "update", "--no-interaction");
        // And once more from the lock file alone, as on another machine.
        home.run("/bin/sh", "-c", "rm -r vendor ../composer/cache");
        home.run(Tools.composer(), "install", "--no-interaction");
    }

    @Override
    SortedMap<String, String> installed(Home home, URI gateway) {
        SortedMap<String, String> files =
                new TreeMap<>(Tree.of(home.file("project"), path -> path.startsWith("vendor/acme/")));
        files.put("composer.lock", home.digest("project/composer.lock", gateway));
        return files;
    }

    private void publish(LocalRegistry registry, Home maker) throws IOException {
        composed(maker);
        left = archive(maker, "left", "{\"name\":\"acme/left\",\"require\":{\"acme/right\":\"^1.0\"}}");
        byte[] right = archive(maker, "right", "{\"name\":\"acme/right\"}");
        registry.put("/files/" + LEFT, left).put("/files/" + RIGHT + ".zip", right);
        registry.put("/packages.json", """
                {"packages": [], "metadata-url": "/meta/%package%.json", "available-packages": ["acme/left", "acme/right"]}""");
        // A minified list: the older version only says what is different, and inherits the archive.
        registry.put("/meta/acme/left.json", """
                {"minified": "composer/2.0", "packages": {"acme/left": [
                  {"name": "acme/left", "version": "1.1.0", "version_normalized": "1.1.0.0", "type": "library",
                   "description": "newer", "require": {"acme/right": "^1.0"}, "time": "2026-01-02T00:00:00+00:00",
                   "dist": {"type": "zip", "url": "%s/files/%s", "reference": "%2$s", "shasum": "%s"}},
                  {"version": "1.0.0", "version_normalized": "1.0.0.0", "description": "__unset"}
                ]}}""".formatted(registry.address(), LEFT, sha1(left)));
        // As forges have it: packed at each download, so without a digest.
        registry.put("/meta/acme/right.json", """
                {"packages": {"acme/right": [
                  {"name": "acme/right", "version": "1.0.0", "version_normalized": "1.0.0.0", "type": "library",
                   "dist": {"type": "zip", "url": "%s/files/%s.zip", "reference": "%2$s", "shasum": ""}}
                ]}}""".formatted(registry.address(), RIGHT));
        for (String name : List.of("left", "right")) {
            registry.put("/meta/acme/" + name + "~dev.json", "{\"packages\": {\"acme/" + name + "\": []}}");
        }
    }

    private static byte[] archive(Home maker, String name, String json) throws IOException {
        maker.write("project/" + name + "/composer.json", json);
        maker.write("project/" + name + "/" + name + ".php", "<?php // " + "text ".repeat(200));
        maker.run(Tools.composer(), "archive", "-d", name, "--format=zip", "--dir=..", "--file=" + name);
        return Files.readAllBytes(maker.file("project/" + name + ".zip"));
    }

    private static void composed(Home home) {
        home.set("COMPOSER_HOME", home.folder("composer"))
                .set("COMPOSER_CACHE_DIR", home.file("composer/cache"))
                .set("COMPOSER_ALLOW_SUPERUSER", "1")
                .set("COMPOSER_DISABLE_XDEBUG_WARN", "1");
    }

    private static String sha1(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-1").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
