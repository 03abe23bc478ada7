package gateway.web;

import static org.assertj.core.api.Assertions.assertThat;

import gateway.support.FakeUpstream;
import gateway.support.PipelineGateway;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MetricsTest {

    @TempDir
    Path folder;

    @Test
    void memory_of_the_heap_and_of_buffers_is_told() throws Exception {
        try (FakeUpstream upstream = FakeUpstream.start();
                PipelineGateway gateway =
                        PipelineGateway.in(folder).maven(upstream).start()) {
            assertThat(gateway.get("/metrics").text())
                    .containsPattern("jvm_memory_used_bytes\\{area=\"heap\"")
                    .containsPattern("netty_allocator_memory_used\\{[^}]*memory_type=\"direct\"} [1-9]");
        }
    }
}
