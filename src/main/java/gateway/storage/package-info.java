/**
 * The store: bytes by digest, a readable tree of links and manifests over them, and spools for bytes on their way in.
 *
 * <p>A {@link gateway.storage.Spool} is filled by one writer and followed by any number of readers; when its bytes are
 * known to be right, {@link gateway.storage.BlobStore} publishes it as a {@link gateway.storage.Blob}.
 */
@NullMarked
package gateway.storage;

import org.jspecify.annotations.NullMarked;
