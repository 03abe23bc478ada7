package gateway.registry;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Which version people mean who name none. */
class NpmVersionTest {

    @Test
    void releases_come_after_all_else_and_numbers_count_as_numbers() {
        List<String> order = Arrays.asList(
                "none",
                "1.0.0-alpha",
                "1.0.0-alpha.1",
                "1.0.0-alpha.beta",
                "1.0.0-beta.2",
                "1.0.0-beta.11",
                "10.0.0-rc.1",
                "10.0.0-rc.20261122103000123456789",
                "10.0.0-rc.20261122103000123456790",
                "0.9.10",
                "1.0.0",
                "1.2.0",
                "1.10.0",
                "9.0.0",
                "10.0.0",
                "20261122103000.0.0",
                "20261122103000.0.1");
        List<String> mixed = new ArrayList<>(order);
        Collections.shuffle(mixed, new Random(1));

        assertThat(mixed.stream()
                        .map(NpmVersion::of)
                        .sorted(NpmVersion.BY_WORTH)
                        .map(NpmVersion::text))
                .containsExactlyElementsOf(order);
    }
}
