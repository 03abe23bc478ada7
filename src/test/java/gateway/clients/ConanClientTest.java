package gateway.clients;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.io.TempDir;

/** conan 2, which logs in, lists, installs and downloads; the registry is a conan_server that it has uploaded to. */
class ConanClientTest extends ClientContract {

    private static final String PACKAGES = "data/tree/1.0/_/_";

    @TempDir
    static Path registry;

    private @Nullable Process server;
    private String configuration = "";

    @Override
    List<String> mounts() {
        return List.of("conan");
    }

    @Override
    String configuration() throws IOException {
        if (configuration.isEmpty()) {
            URI address = GatewayProcess.nobody();
            serve(address.getPort());
            publish(new Home(Files.createDirectories(registry.resolve("author"))), address);
            configuration = "upstream: { conan: \"%s\" }\n".formatted(address);
        }
        return configuration;
    }

    private void serve(int port) throws IOException {
        Home home = new Home(Files.createDirectories(registry.resolve("server")));
        home.write(".conan_server/server.conf", """
                [server]
                jwt_secret: 0123456789abcdef0123456789abcdef
                jwt_expire_minutes: 120
                disk_storage_path: %s
                disk_authorize_timeout: 1800
                updown_secret: 0123456789abcdef0123456789abcdef
                port: %d
                host_name: 127.0.0.1
                ssl_enabled: False
                public_port: %d
                [write_permissions]
                */*@*/*: *
                [read_permissions]
                */*@*/*: *
                [users]
                author: secret
                """.formatted(registry.resolve("data"), port, port));
        ProcessBuilder builder = new ProcessBuilder(Tools.conanServer().toString());
        builder.environment().put("HOME", home.file("").toString());
        Process started = builder.redirectErrorStream(true)
                .redirectOutput(home.file("log").toFile())
                .start();
        server = started;
        while (!accepts(port)) {
            if (!started.isAlive()) {
                throw new IllegalStateException("conan_server did not start:\n" + home.read("log"));
            }
        }
    }

    private static boolean accepts(int port) {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            Thread.sleep(50);
            return socket.isConnected();
        } catch (IOException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private static void publish(Home home, URI address) {
        configured(home);
        for (String name : List.of("leaf", "tree")) {
            home.write("project/" + name + "/include/" + name + ".h", "int " + name + "();\n".repeat(50));
            home.write("project/" + name + "/notes.txt", "of " + name);
            home.write("project/" + name + "/conanfile.py", """
                    from conan import ConanFile
                    from conan.tools.files import copy

                    class Recipe(ConanFile):
                        name = "%s"
                        version = "1.0"
                        %s
                        exports = "notes.txt"
                        exports_sources = "include/*"

                        def package(self):
                            copy(self, "*.h", src=self.source_folder, dst=self.package_folder)
                    """.formatted(
                            name, name.equals("tree") ? "requires = \"leaf/1.0\"" : "no_copy_source = True"));
            home.run(Tools.conan(), "create", name);
        }
        home.run(Tools.conan(), "remote", "add", "registry", address);
        home.run(Tools.conan(), "remote", "login", "registry", "author", "-p", "secret");
        home.run(Tools.conan(), "upload", "*", "-r", "registry", "-c");
    }

    private static void configured(Home home) {
        home.set("CONAN_HOME", home.file("conan"));
        home.write("conan/profiles/default", "[settings]\nos=Linux\narch=x86_64\n");
    }

    @Override
    @AfterAll
    void cutOff() {
        Process running = server;
        if (running != null) {
            running.destroy();
        }
    }

    @Override
    Sample sample(Home home) {
        Path packages = registry.resolve(PACKAGES);
        return Tree.of(packages, path -> path.endsWith("/conan_package.tgz")).entrySet().stream()
                .findFirst()
                .map(file -> new Sample(
                        file.getKey().replaceFirst("^.*/package/([^/]+)/([^/]+)/", "/$1/revisions/$2/files/"),
                        file.getValue(),
                        "/p/include/tree.h"))
                .orElseThrow();
    }

    @Override
    void install(Home home, URI gateway) {
        configured(home);
        home.run(Tools.conan(), "remote", "update", "conancenter", "--url", gateway + "/conan");
        home.run(Tools.conan(), "remote", "login", "conancenter", "reader", "-p", "any");
        home.run(Tools.conan(), "list", "leaf/*#*:*", "-r", "conancenter");
        home.run(Tools.conan(), "install", "--requires=tree/1.0", "--build=never");
        home.run(Tools.conan(), "download", "*:*", "-r", "conancenter");
        home.run(Tools.conan(), "cache", "check-integrity", "*");
    }

    @Override
    SortedMap<String, String> installed(Home home, URI gateway) {
        SortedMap<String, String> files = new TreeMap<>();
        Tree.of(home.file("conan/p"), path -> path.contains("/") && !path.contains("__pycache__"))
                .forEach(files::put);
        return files;
    }
}
