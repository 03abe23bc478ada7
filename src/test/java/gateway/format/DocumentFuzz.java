package gateway.format;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A document of a registry: the first line says its format, its path and perhaps its content type. Everything that would
 * ever read it does, and complains by an {@link IOException} or takes it.
 */
public final class DocumentFuzz {

    private static final int LINE = 300;
    private static final URI BASE = URI.create("http://gateway.test/mount");
    private static final URI URL = URI.create("http://upstream.test/folder/document");

    private final byte[] document;
    private final LinkReader.Source source;
    private int read;

    private DocumentFuzz(byte[] document, String contentType) {
        this.document = document;
        this.source = new LinkReader.Source(URL, contentType);
    }

    public static void fuzzerTestOneInput(byte[] input) {
        feed(input);
    }

    /** How many readers took the document to its end. */
    public static int feed(byte[] input) {
        int end = 0;
        while (end < Math.min(LINE, input.length) && input[end] != '\n') {
            end++;
        }
        String[] words = new String(input, 0, end, StandardCharsets.UTF_8).split(" ", 3);
        Optional<Format> format = Formats.named(words[0]);
        if (end == input.length || format.isEmpty() || words.length < 2 || !words[1].startsWith("/")) {
            return 0;
        }
        byte[] document = Arrays.copyOfRange(input, end + 1, input.length);
        DocumentFuzz fuzz = new DocumentFuzz(document, words.length > 2 ? words[2] : "");
        String[] target = words[1].split("\\?", 2);
        Ask ask =
                new Ask("GET", target[0], target.length > 1 ? target[1] : "", Accept.parse(fuzz.source.contentType()));
        format.get().resolve(ask).ifPresent(fuzz::feed);
        return fuzz.read;
    }

    private void feed(Resource resource) {
        switch (resource) {
            case Index index -> index(index);
            case Artifact artifact -> artifact(artifact);
            case Resource.Member member -> {
                member.roots().forEach(this::feed);
                links(member.links());
                feed(member.otherwise());
            }
            case Resource.Sidecar sidecar -> feed(sidecar.of());
            case Resource.Passthrough passthrough -> origin(passthrough.origin());
            case Resource.Literal literal -> {}
            case Resource.Moved moved -> {}
            case Resource.Upload upload -> {}
            case Resource.Refused refused -> {}
        }
    }

    private void index(Index index) {
        links(index.links());
        Rendering rendering = index.rendering();
        if (rendering != null) {
            attempt(() -> rendering.renderer().render(in(), source, BASE, OutputStream.nullOutputStream()));
        }
        Generation.Parser generation = index.generation();
        if (generation != null) {
            attempt(() -> generation.parse(in()).members().values().forEach(Generation.Member::strongest));
        }
        Merger merger = index.merger();
        if (merger != null) {
            attempt(() -> merger.merge(List.of(document, document)));
        }
        checksum(index.checksum());
        origin(index.origin());
    }

    private void artifact(Artifact artifact) {
        Check check = artifact.check();
        if (check != null) {
            attempt(() -> check.check(in()));
        }
        Check.By by = artifact.checkedBy();
        if (by != null) {
            attempt(() -> by.reader().read(document).check(in()));
        }
        checksum(artifact.checksum());
        origin(artifact.origin());
    }

    private void checksum(Checksum checksum) {
        switch (checksum) {
            case Checksum.Listed listed -> listed.indexes().forEach(index -> links(index.links()));
            case Checksum.ListedBeside beside -> links(beside.index().links());
            case Checksum.ListedInOne in -> in.listings().forEach(this::listing);
            case Checksum.ListedBelow below -> {}
            case Checksum.None none -> {}
            case Checksum.Known known -> {}
            case Checksum.Siblings siblings -> {}
        }
    }

    private void listing(Checksum.Listing listing) {
        links(listing.index().links());
        if (listing instanceof Checksum.Chained chained) {
            attempt(() -> chained.links().read(in(), source, DocumentFuzz::fetchable));
        }
    }

    private void origin(Origin origin) {
        switch (origin) {
            case Origin.Told told -> attempt(() -> told.url().expand(document, null));
            case Origin.Based based -> links(based.index().links());
            case Origin.At at -> {}
            case Origin.Either either -> {}
            case Origin.Linked linked -> {}
            case Origin.Hosted hosted -> {}
        }
    }

    private void links(@Nullable LinkReader reader) {
        if (reader != null) {
            attempt(() -> reader.read(in(), source, DocumentFuzz::fetchable));
        }
    }

    /** The pipeline makes a URL of it, whatever the registry wrote. */
    private static void fetchable(Link link) {
        if (link.url() != null) {
            URI.create(link.url());
        }
    }

    private InputStream in() {
        return new ByteArrayInputStream(document);
    }

    private interface Reading {
        void run() throws IOException;
    }

    private void attempt(Reading reading) {
        try {
            reading.run();
            read++;
        } catch (IOException complaint) {
            // It is not what it claims to be.
        }
    }
}
