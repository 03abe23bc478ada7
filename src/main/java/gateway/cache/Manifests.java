package gateway.cache;

import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.Nulls;
import gateway.catalog.Entry;
import gateway.storage.Digest;
import java.util.Objects;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.json.JsonMapper;

/** Entries as the JSON that stands beside each stored file. */
final class Manifests {

    private static final JsonMapper JSON = JsonMapper.builder()
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            // What older versions did not write is not so.
            .withConfigOverride(boolean.class, it -> it.setNullHandling(JsonSetter.Value.forValueNulls(Nulls.AS_EMPTY)))
            .build();

    private Manifests() {}

    static byte[] write(Entry entry) {
        return JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(entry);
    }

    /** @throws JacksonException when this is no manifest */
    static Entry read(byte[] manifest) {
        return JSON.readValue(manifest, Entry.class);
    }

    /** @throws RuntimeException when this is no manifest, or one that lacks what every entry has */
    static Entry whole(byte[] manifest) {
        Entry entry = read(manifest);
        Objects.requireNonNull(entry.key().path());
        Objects.requireNonNull(entry.place());
        if (!new Digest(entry.sha256()).hex().equals(entry.sha256())) {
            throw new IllegalArgumentException("a digest in upper case");
        }
        return entry;
    }
}
