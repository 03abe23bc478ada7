package gateway.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import gateway.format.DocumentFuzz;
import gateway.format.Format;
import gateway.format.Formats;
import gateway.registry.UploadFuzz;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Samples as they are, those that once broke something among them, and the same changes of them in each build. */
class FuzzTest {

    @ParameterizedTest
    @EnumSource
    void samples_are_read(Reader reader) {
        assertThat(reader.samples()).isNotEmpty();
        for (Path sample : reader.samples()) {
            read(reader, Reader.bytes(sample), sample.getFileName().toString());
        }
    }

    @ParameterizedTest
    @EnumSource
    void changed_samples_are_read(Reader reader) {
        List<byte[]> samples = reader.samples().stream().map(Reader::bytes).toList();
        Mutator mutator = new Mutator(5);
        for (int round = 0; round < reader.rounds(); round++) {
            read(reader, mutator.mutate(samples), "round " + round);
        }
    }

    /** A document that no reader takes would show little when it is changed, but for those whose digest readers compare. */
    @Test
    void samples_of_documents_are_what_they_claim_to_be() {
        assertThat(Reader.DOCUMENTS.samples())
                .filteredOn(sample -> !sample.getFileName().toString().matches("(found|sealed)-.*"))
                .allMatch(sample -> DocumentFuzz.feed(Reader.bytes(sample)) > 0);
    }

    @Test
    void samples_of_uploads_are_taken() {
        assertThat(Reader.UPLOADS.samples())
                .filteredOn(sample -> !sample.getFileName().toString().startsWith("found-"))
                .allMatch(sample -> UploadFuzz.feed(Reader.bytes(sample)));
    }

    @Test
    void every_format_with_a_registry_has_samples() {
        Set<String> sampled = Reader.DOCUMENTS.samples().stream()
                .map(sample -> new String(Reader.bytes(sample), StandardCharsets.ISO_8859_1).split(" ")[0])
                .collect(Collectors.toSet());

        assertThat(sampled)
                .containsAll(Formats.all().stream()
                        .map(Format::name)
                        .filter(name -> !name.equals("gradle"))
                        .toList());
    }

    private static void read(Reader reader, byte[] input, String name) {
        try {
            reader.read(input);
        } catch (Throwable broken) {
            String shown = HexFormat.of().formatHex(input, 0, Math.min(input.length, 2_000));
            throw new AssertionError(reader + " breaks on " + name + ": " + shown, broken);
        }
    }
}
