package gateway.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import gateway.support.FakeUpstream;
import gateway.support.PipelineAnswer;
import gateway.support.PipelineDisk;
import gateway.support.PipelineGateway;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Store and catalog on one small disk, as on most machines. */
class SharedDiskTest {

    private static final byte[] BODY = CoalescingTest.bytes(3 << 20);

    @TempDir
    Path folder;

    @Test
    void it_is_full_and_space_returns_and_the_gateway_starts_again() throws Exception {
        FakeUpstream upstream = FakeUpstream.start();
        String before = serve(upstream, "before");
        String during = serve(upstream, "during");
        String after = serve(upstream, "after");
        try (PipelineDisk disk = PipelineDisk.mount(folder.resolve("disk"), 40)) {
            try (upstream;
                    PipelineGateway gateway = gateway(upstream, disk)) {
                held(gateway, before);
                disk.fill();
                await().untilAsserted(() ->
                        assertThat(gateway.get("/health").status()).isEqualTo(503));

                assertWhole(gateway.get(before));
                PipelineAnswer relayed = gateway.get(during);
                assertWhole(relayed);
                assertThat(relayed.cacheStatus()).contains("detail=not-stored");

                disk.free();
                await().untilAsserted(() ->
                        assertThat(gateway.get("/health").status()).isEqualTo(200));
                held(gateway, during);
                held(gateway, after);
                disk.fill();
            }
            disk.free();
            // Nobody can be asked now.
            try (PipelineGateway gateway = gateway(upstream, disk)) {
                held(gateway, before);
                held(gateway, during);
                held(gateway, after);
                assertThat(gateway.get("/stats").text()).contains("\"g:before\"", "\"g:during\"", "\"g:after\"");
            }
        }
    }

    private PipelineGateway gateway(FakeUpstream upstream, PipelineDisk disk) throws Exception {
        return PipelineGateway.in(folder)
                .store(disk.folder().resolve("artifacts"))
                .database(disk.folder().resolve("proxy.db"))
                .maven(upstream)
                .start();
    }

    private static String serve(FakeUpstream upstream, String name) {
        String path = "/g/" + name + "/1/" + name + "-1.jar";
        upstream.serve(path, BODY);
        return "/maven" + path;
    }

    private static void held(PipelineGateway gateway, String path) {
        await().untilAsserted(() -> {
            PipelineAnswer answer = gateway.get(path);
            assertWhole(answer);
            assertThat(answer.cacheStatus()).isEqualTo("gateway; hit");
        });
    }

    private static void assertWhole(PipelineAnswer answer) {
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.whole()).isTrue();
        assertThat(answer.sha256()).isEqualTo(PipelineAnswer.sha256(BODY));
    }
}
