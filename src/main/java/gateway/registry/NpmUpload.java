package gateway.registry;

import gateway.cache.Failure;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.exc.JacksonIOException;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.json.JsonMapper;

/**
 * What npm sends to publish and to deprecate: a packument, in which the tarball is when there is one.
 *
 * @param name as the packument says it; empty when it does not
 * @param tags versions by tag
 * @param deprecated why versions are, by version; an empty text where one is not any more
 * @param versions how many it lists
 * @param first the manifest of the first of them, without its readme; null when there is none
 * @param tarball whether there is one
 */
record NpmUpload(
        String name,
        Map<String, String> tags,
        Map<String, String> deprecated,
        int versions,
        @Nullable String first,
        boolean tarball) {

    /** Characters of all that is remembered of a packument besides its manifest. */
    private static final int MOST = 1 << 20;
    /** Bytes of a manifest: with what is told of its tarball, and why it is deprecated, no more than a row takes. */
    static final int LONGEST_MANIFEST = MOST - (64 << 10);

    private static final Set<String> LEFT_OUT = Set.of("readme", "readmeFilename", "_attachments");

    private static final JsonMapper JSON = JsonMapper.builder(JsonFactory.builder()
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxStringLength(MOST)
                            .build())
                    .build())
            .build();

    /**
     * Reads the packument, and decodes its tarball on the way, in bounded memory.
     *
     * @throws Failure when it is none, or has more to it than there may be
     */
    static NpmUpload read(InputStream in, OutputStream tarball) throws IOException {
        try (JsonParser json = JSON.createParser(in)) {
            return new Reader(json, tarball).document();
        } catch (JacksonIOException e) {
            throw e.getCause();
        } catch (JacksonException e) {
            throw new Failure(400, "the body is not what npm publishes: " + e.getOriginalMessage(), null, e);
        }
    }

    private static Failure bad(String why) {
        return new Failure(400, why, null, null);
    }

    /** One pass over one packument. */
    private static final class Reader {
        private final JsonParser json;
        private final OutputStream tarball;
        private final Map<String, String> tags = new HashMap<>();
        private final Map<String, String> deprecated = new HashMap<>();
        private String name = "";
        private @Nullable String first;
        private int versions;
        private boolean attached;
        private int remembered;

        Reader(JsonParser json, OutputStream tarball) {
            this.json = json;
            this.tarball = tarball;
        }

        private interface Member {
            void at(String key);
        }

        NpmUpload document() {
            if (json.nextToken() != JsonToken.START_OBJECT) {
                throw bad("the body is not what npm publishes: no JSON object");
            }
            members(this::member);
            return new NpmUpload(name, Map.copyOf(tags), Map.copyOf(deprecated), versions, first, attached);
        }

        /** Names each member of the object to one who reads its value. */
        private void members(Member member) {
            if (!json.isExpectedStartObjectToken()) {
                json.skipChildren();
                return;
            }
            while (json.nextToken() == JsonToken.PROPERTY_NAME) {
                String key = json.currentName();
                json.nextToken();
                member.at(key);
            }
        }

        private void member(String key) {
            switch (key) {
                case "name" -> name = text();
                case "dist-tags" -> members(tag -> tags.put(remember(tag), text()));
                case "versions" -> members(this::version);
                case "_attachments" -> members(file -> members(part -> attachment(file, part)));
                default -> json.skipChildren();
            }
        }

        private void version(String version) {
            versions++;
            if (versions > 1) {
                members(key -> {
                    if (key.equals("deprecated")) {
                        deprecation(version);
                    } else {
                        json.skipChildren();
                    }
                });
                return;
            }
            ByteArrayOutputStream manifest = new Bounded();
            try (JsonGenerator copy = JSON.createGenerator(manifest)) {
                copy.writeStartObject();
                members(key -> {
                    if (LEFT_OUT.contains(key)) {
                        json.skipChildren();
                        return;
                    }
                    if (key.equals("deprecated")) {
                        deprecation(version);
                    }
                    copy.writeName(key);
                    copy.copyCurrentStructure(json);
                });
                copy.writeEndObject();
            }
            first = manifest.toString(StandardCharsets.UTF_8);
        }

        private void deprecation(String version) {
            if (json.currentToken() == JsonToken.VALUE_STRING) {
                deprecated.put(remember(version), text());
            } else {
                json.skipChildren();
            }
        }

        private void attachment(String file, String part) {
            if (!part.equals("data") || !file.endsWith(".tgz")) {
                json.skipChildren();
                return;
            }
            if (attached) {
                throw bad("there is more than one tarball in it");
            }
            attached = true;
            json.readBinaryValue(tarball);
        }

        private String text() {
            if (json.currentToken() != JsonToken.VALUE_STRING) {
                json.skipChildren();
                return "";
            }
            return remember(json.getString());
        }

        private String remember(String text) {
            remembered += text.length();
            if (remembered > MOST) {
                throw bad("its tags and deprecations have more than 1 MiB");
            }
            return text;
        }
    }

    private static final class Bounded extends ByteArrayOutputStream {
        @Override
        public synchronized void write(byte[] bytes, int offset, int length) {
            if (count + length > LONGEST_MANIFEST) {
                throw bad("the manifest of a version has more than 960 KiB");
            }
            super.write(bytes, offset, length);
        }
    }
}
