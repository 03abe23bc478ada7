package gateway.cache;

import gateway.catalog.Entry;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.json.JsonMapper;

/** Entries as the JSON that stands beside each stored file. */
final class Manifests {

    private static final JsonMapper JSON = JsonMapper.builder()
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .build();

    private Manifests() {}

    static byte[] write(Entry entry) {
        return JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(entry);
    }

    /** @throws JacksonException when this is no manifest */
    static Entry read(byte[] manifest) {
        return JSON.readValue(manifest, Entry.class);
    }
}
