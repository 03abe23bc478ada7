package gateway.clients;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.SortedMap;

/** A NuGet, before a feed of two packages, one of which needs the other. */
abstract class NuGetContract extends LocalContract<NuGetFeed> {

    @Override
    final NuGetFeed make(Path files) throws IOException {
        return new NuGetFeed(files);
    }

    @Override
    final List<String> mounts() {
        return List.of("nuget");
    }

    @Override
    final String configuration() throws IOException {
        return registry().configuration();
    }

    @Override
    final SortedMap<String, String> installed(Home home, URI gateway) {
        return Tree.of(home.file("project/packages"));
    }
}
