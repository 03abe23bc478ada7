package gateway.cache;

import gateway.catalog.Entry;
import gateway.storage.Digest;
import gateway.storage.Holdings;

/** Something in a stopped store that is not as it should be. */
public sealed interface Finding {

    /** One word for the operator. */
    String kind();

    /** What it is about: a path below the store, a digest, or mount and path of an entry. */
    String subject();

    /** Half a sentence. */
    String why();

    /** A blob whose bytes are not those that its name promises. */
    record Damaged(Digest digest, Digest actual) implements Finding {
        @Override
        public String kind() {
            return "damaged";
        }

        @Override
        public String subject() {
            return digest.hex();
        }

        @Override
        public String why() {
            return "its bytes hash to " + actual.hex();
        }
    }

    /** An entry without its bytes. */
    record Missing(Entry entry, String why) implements Finding {
        @Override
        public String kind() {
            return "missing";
        }

        @Override
        public String subject() {
            return name(entry);
        }
    }

    /** A manifest of which the catalog says something else, or nothing. */
    record Unrecorded(Entry entry, String why) implements Finding {
        @Override
        public String kind() {
            return "unrecorded";
        }

        @Override
        public String subject() {
            return name(entry);
        }
    }

    /** A manifest that is none. */
    record Unreadable(Holdings.Manifest manifest, String why) implements Finding {
        @Override
        public String kind() {
            return "unreadable";
        }

        @Override
        public String subject() {
            return manifest.path();
        }
    }

    /** A blob that neither a manifest nor the catalog names. */
    record Unnamed(Digest digest) implements Finding {
        @Override
        public String kind() {
            return "unnamed";
        }

        @Override
        public String subject() {
            return digest.hex();
        }

        @Override
        public String why() {
            return "neither a manifest nor the catalog names it";
        }
    }

    /** What a process that is gone left half done. */
    record Leftover(String path) implements Finding {
        @Override
        public String kind() {
            return "leftover";
        }

        @Override
        public String subject() {
            return path;
        }

        @Override
        public String why() {
            return "a process that is gone left it half done";
        }
    }

    private static String name(Entry entry) {
        return entry.key().repository() + entry.key().path();
    }
}
