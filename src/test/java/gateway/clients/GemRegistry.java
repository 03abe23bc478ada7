package gateway.clients;

import gateway.support.FakeUpstream;
import gateway.support.StoreFiles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;

/** A gem server with a few small gems, built by gem itself; the compact index, which gem does not write, is added. */
final class GemRegistry implements AutoCloseable {

    private final Home home;
    private final FakeUpstream server = FakeUpstream.start();
    private final Map<String, String> infos = new LinkedHashMap<>();
    private String versions = "created_at: 2026-03-01T00:00:00Z\n---\n";

    GemRegistry(Path folder) {
        home = new Home(folder);
        publish("demo-base", "1.0.0", "ruby", "");
        publish("demo-base", "1.1.0", "ruby", "");
        publish("demo-app", "1.2.0", "ruby", "demo-base");
        publish("demo-2-native", "2.0", "Gem::Platform.local", "");
        home.run(Tools.gem(), "generate_index", "-d", home.file("site"));
        serve();
    }

    /** Where it is reached. */
    FakeUpstream server() {
        return server;
    }

    /** Digest of a gem by its full name. */
    String sha256(String full) {
        return Tree.sha256(bytes(home.file("site/gems/" + full + ".gem")));
    }

    /** Adds a version, and serves it. */
    void publish(String gem, String version) {
        publish(gem, version, "ruby", "");
        serve();
    }

    @Override
    public void close() {
        server.close();
    }

    private void publish(String gem, String version, String platform, String dependency) {
        String gemspec = """
                Gem::Specification.new do |s|
                  s.name = "%s"
                  s.version = "%s"
                  s.platform = %s
                  s.summary = s.author = s.email = s.license = "demo"
                  s.homepage = "http://127.0.0.1"
                  s.files = ["lib/demo.rb"]
                  %s
                end
                """.formatted(
                        gem,
                        version,
                        platform.equals("ruby") ? "\"ruby\"" : platform,
                        dependency.isEmpty() ? "" : "s.add_runtime_dependency \"" + dependency + "\", \">= 1\"");
        home.write("project/demo.gemspec", gemspec);
        home.write("project/lib/demo.rb", "DEMO = \"" + gem + " " + version + "\"\n");
        String suffix = platform.equals("ruby")
                ? ""
                : "-" + Tools.say("ruby", "-e", "print Gem::Platform.local").strip();
        String full = gem + "-" + version + suffix;
        home.folder("site/gems");
        home.run(Tools.gem(), "build", "demo.gemspec", "-o", home.file("site/gems/" + full + ".gem"));
        String line = "%s%s %s|checksum:%s,ruby:>= 2.0,created_at:2026-03-01T00:00:00Z\n"
                .formatted(version, suffix, dependency.isEmpty() ? "" : dependency + ":>= 1", sha256(full));
        infos.merge(gem, "---\n" + line, (before, first) -> before + line);
        versions += "%s %s%s %s\n"
                .formatted(gem, version, suffix, StoreFiles.hex("MD5", utf8(infos.getOrDefault(gem, ""))));
    }

    private void serve() {
        infos.forEach((gem, text) -> serve("/info/" + gem, utf8(text)));
        serve("/versions", utf8(versions));
        Tree.of(home.file("site")).keySet().forEach(path -> serve("/" + path, bytes(home.file("site/" + path))));
    }

    private void serve(String path, byte[] bytes) {
        byte[] sha256 = HexFormat.of().parseHex(Tree.sha256(bytes));
        server.serve(path, bytes)
                .etag("\"" + StoreFiles.hex("MD5", bytes) + "\"")
                .header("Repr-Digest", "sha-256=:" + Base64.getEncoder().encodeToString(sha256) + ":");
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static byte[] bytes(Path file) {
        try {
            return Files.readAllBytes(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
