package gateway.clients;

import gateway.support.PrivateProject;
import gateway.support.PrivateProject.Member;
import gateway.support.TestFolder;
import gateway.support.TestGateway;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** Project 42 of a gateway, its members, and the homes in which they run their clients; all new for each test. */
final class ClientProject implements BeforeEachCallback, AfterEachCallback {

    private static final String ROOT = "/api/v4/projects/42/";

    private final PrivateProject project;

    @SuppressWarnings("NullAway.Init") // before each test
    private TestFolder folder;

    @SuppressWarnings("NullAway.Init") // before each test
    private TestGateway gateway;

    ClientProject(Member... members) {
        this.project = new PrivateProject(42, "acme/app", members);
    }

    @Override
    public void beforeEach(ExtensionContext context) {
        folder = TestFolder.create();
        gateway = new TestGateway(folder.make("gateway"));
    }

    @Override
    public void afterEach(ExtensionContext context) {
        gateway.close();
        folder.close();
    }

    /** Starts the gateway; links in its documents lead to where it listens. */
    void start(String... more) {
        gateway.startLinked(project.settings(more));
    }

    /** Starts the gateway; links in its documents lead nowhere. */
    void startElsewhere(String... more) {
        gateway.start(project.settings(more));
    }

    /** Gone after the test. */
    Path folder() {
        return folder.path();
    }

    TestGateway gateway() {
        return gateway;
    }

    /** @param path below the project, without a slash at its beginning */
    String url(String path) {
        return gateway.address() + ROOT + path;
    }

    /** Host and port of the gateway. */
    String authority() {
        return gateway.address().getAuthority();
    }

    /** @param path as of {@link #url} */
    HttpResponse<byte[]> send(Member member, String method, String path) {
        return gateway.send(method, ROOT + path, "Private-Token", member.token());
    }

    Home home(String name) {
        return new Home(folder.make(name));
    }
}
