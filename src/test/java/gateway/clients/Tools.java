package gateway.clients;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;

/** Finds the package managers; those that are missing are installed, by way of the machine's own registries. */
final class Tools {

    /** Where every system has its programs. */
    static final String SYSTEM_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

    // Here and nowhere else the machine's own settings count, as for anybody who installs something on it.
    private static final Map<String, String> MACHINE = System.getenv();
    private static final Path HERE = Path.of("").toAbsolutePath();

    private static final String YARN = "@yarnpkg/cli-dist@4.18.1";
    private static final String PNPM = "pnpm@12.21.0";
    private static final String NUGET = "nuget-exe@5.8.0";
    private static final List<String> PYTHON = List.of("pip==26.2.1", "uv==0.13.9");
    private static final List<String> TWINE = List.of("twine==7.0.0");
    private static final List<String> CONDA = List.of("py-rattler==0.28.0", "zstandard==0.25.0");
    private static final List<String> CONAN = List.of("conan==2.34.0", "conan-server==2.33.0");

    private static final List<String> COURSIER =
            List.of("io.get-coursier:interface:1.0.28", "org.slf4j:slf4j-api:2.0.16");
    private static final String SBT = "sbt-launch:1.12.14";
    private static final String COPY = "org.apache.maven.plugins:maven-dependency-plugin:3.6.1:copy";

    private Tools() {}

    static Path node() {
        return program("node", "nodejs");
    }

    static Path npm() {
        return program("npm", "npm");
    }

    static Path yarn() {
        return fromNpm(YARN).resolve("@yarnpkg/cli-dist/bin/yarn.js");
    }

    static Path pnpm() {
        return fromNpm(PNPM).resolve(".bin/pnpm");
    }

    static Path pip() {
        return python().resolve("bin/pip");
    }

    static Path uv() {
        return python().resolve("bin/uv");
    }

    /** A virtual environment with pip and uv. */
    static Path python() {
        return python(PYTHON);
    }

    static Path twine() {
        return python(TWINE).resolve("bin/twine");
    }

    /** Python with the solver and installer of pixi, and the indexer of channels. */
    static Path rattler() {
        return python(CONDA).resolve("bin/python");
    }

    static Path conan() {
        return python(CONAN).resolve("bin/conan");
    }

    static Path conanServer() {
        return python(CONAN).resolve("bin/conan_server");
    }

    private static Path python(List<String> packages) {
        return cached("python-" + String.join("-", packages), folder -> {
            program("python3", "python3-venv");
            try {
                say("python3", "-m", "venv", folder.toString());
            } catch (Command.Failed e) {
                apt("python3-venv");
                say("python3", "-m", "venv", "--clear", folder.toString());
            }
            say(Stream.concat(Stream.of(folder.resolve("bin/pip").toString(), "install"), packages.stream())
                    .toArray(String[]::new));
        });
    }

    /** Not the front of rustup, which would look for its toolchains in the home. */
    static Path cargo() {
        program("cargo", "cargo");
        return Path.of(say("rustc", "--print", "sysroot").strip(), "bin", "cargo");
    }

    static Path go() {
        program("go", "golang-go");
        return Path.of(say("go", "env", "GOROOT").strip(), "bin", "go");
    }

    static Path mvn() {
        return program("mvn", "maven");
    }

    /** With what it unpacks archives by. */
    static Path composer() {
        program("unzip", "unzip");
        return program("composer", "composer");
    }

    static Path gem() {
        return program("gem", "ruby");
    }

    static Path bundle() {
        return program("bundle", "ruby-bundler");
    }

    static Path gradle() {
        return program("gradle", "gradle");
    }

    static Path curl() {
        return program("curl", "curl");
    }

    static Path nginx() {
        return program("nginx", "nginx");
    }

    static Path rebar3() {
        return program("rebar3", "rebar3");
    }

    /** Runs scripts; rebar3 needs it too. */
    static Path escript() {
        return program("escript", "erlang-base");
    }

    /** What runs NuGet. */
    static Path mono() {
        // Not the runtime alone, which has no HTTP client.
        program("mcs", "mono-devel");
        return program("mono", "mono-devel");
    }

    /** A NuGet of our days, for mono. */
    static Path nuget() {
        return fromNpm(NUGET).resolve("nuget-exe/nuget-5.8.0.exe");
    }

    /** A NuGet that knows only the older feed. */
    static Path oldNuget() {
        mono();
        return program("nuget", "nuget");
    }

    static Path r() {
        return program("R", "r-base-core");
    }

    static Path rscript() {
        return program("Rscript", "r-base-core");
    }

    /** A folder with the jars of coursier, which resolves for sbt, Mill and Scala CLI. */
    static Path coursier() {
        return cached(
                "coursier-" + String.join("-", COURSIER).replace(':', '-'),
                folder -> COURSIER.forEach(jar -> copy(jar, folder)));
    }

    /** The jar that starts sbt, which fetches all the rest of itself. */
    static Path sbt() {
        String name = SBT.replace(':', '-');
        return cached(name, folder -> copy("org.scala-sbt:" + SBT, folder)).resolve(name + ".jar");
    }

    private static void copy(String jar, Path folder) {
        say(mvn().toString(), "-q", "-B", COPY, "-Dartifact=" + jar, "-DoutputDirectory=" + folder);
    }

    static Path apt() {
        // Without it there is no way to install it either.
        return find("apt-get").orElseThrow(() -> new IllegalStateException("apt-get is missing"));
    }

    /** What the tool itself says, with the settings of the machine. */
    static String say(String... command) {
        return Command.run(HERE, MACHINE, List.of(command));
    }

    private static Path program(String name, String debianPackage) {
        return find(name).orElseGet(() -> {
            apt(debianPackage);
            return find(name).orElseThrow(() -> new IllegalStateException(name + " is missing"));
        });
    }

    private static Optional<Path> find(String name) {
        return Stream.of(MACHINE.getOrDefault("PATH", SYSTEM_PATH).split(":"))
                .map(folder -> Path.of(folder, name))
                .filter(Files::isExecutable)
                .findFirst();
    }

    private static void apt(String debianPackage) {
        say("apt-get", "-q", "update");
        say("apt-get", "-q", "-y", "--no-install-recommends", "install", debianPackage);
    }

    private static Path fromNpm(String packageSpec) {
        return cached(
                        "npm-" + packageSpec.replace('/', '-'),
                        folder -> say(
                                npm().toString(), "install", "--no-save", "--prefix", folder.toString(), packageSpec))
                .resolve("node_modules");
    }

    /** A folder outside the source tree that is filled once, and only there when it is whole. */
    private static Path cached(String name, Consumer<Path> fill) {
        String caches = MACHINE.getOrDefault("XDG_CACHE_HOME", MACHINE.get("HOME") + "/.cache");
        Path folder = Path.of(caches, "gateway-clients", name);
        Path whole = folder.resolve(".whole");
        if (!Files.exists(whole)) {
            try {
                Files.createDirectories(folder);
                fill.accept(folder);
                Files.createFile(whole);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        return folder;
    }
}
