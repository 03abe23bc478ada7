package gateway.clients;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.io.TempDir;

/** A NuGet, before a feed of two packages, one of which needs the other. */
abstract class NuGetContract extends ClientContract {

    @TempDir
    @SuppressWarnings("NullAway.Init") // by JUnit
    private static Path folder;

    private @Nullable NuGetFeed feed;

    @AfterAll
    void unpublish() {
        if (feed != null) {
            feed.close();
        }
    }

    final NuGetFeed feed() throws IOException {
        if (feed == null) {
            feed = new NuGetFeed(folder);
        }
        return feed;
    }

    @Override
    final List<String> mounts() {
        return List.of("nuget");
    }

    @Override
    final String configuration() throws IOException {
        return feed().configuration();
    }

    @Override
    final SortedMap<String, String> installed(Home home, URI gateway) {
        return Tree.of(home.file("project/packages"));
    }
}
