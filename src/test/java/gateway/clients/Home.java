package gateway.clients;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** A throw-away home: all that a client reads its settings from, caches in and writes to. */
final class Home {

    private final Path folder;
    private final Map<String, String> environment = new TreeMap<>();

    /** Settings of this machine and its user stay outside, also those in variables. */
    Home(Path folder) {
        this.folder = folder;
        environment.put("HOME", folder.toString());
        environment.put("TMPDIR", folder("tmp").toString());
        environment.put("PATH", Tools.SYSTEM_PATH);
        environment.put("LANG", "C.UTF-8");
    }

    Home set(String variable, Object value) {
        environment.put(variable, value.toString());
        return this;
    }

    /** Where the programs of this folder are found before those of the system. */
    Home path(Path programs) {
        return set("PATH", programs + ":" + environment.get("PATH"));
    }

    Path file(String name) {
        return folder.resolve(name);
    }

    /** A folder below this home, which is made if need be. */
    Path folder(String name) {
        try {
            return Files.createDirectories(folder.resolve(name));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Path write(String name, String text) {
        try {
            Path file = folder.resolve(name);
            Files.createDirectories(file.resolve("..").normalize());
            return Files.writeString(file, text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Of a text file, whatever the gateway's address in it. */
    String digest(String name, URI gateway) {
        return Tree.sha256(read(name).replace(gateway.toString(), "{gateway}"));
    }

    String read(String name) {
        try {
            return Files.readString(folder.resolve(name));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Runs a client in the folder {@code project} of this home. */
    String run(Object... command) {
        return run(List.of(command));
    }

    /** The same with more words. */
    String run(List<?> command, String... more) {
        List<String> words = Stream.concat(command.stream(), Stream.of(more))
                .map(Object::toString)
                .toList();
        return Command.run(folder("project"), environment, words);
    }
}
