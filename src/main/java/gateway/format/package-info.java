/**
 * What a path of each registry format <em>is</em>. Pure: no file, no socket, no Reactor, no Spring.
 *
 * <p>A {@link gateway.format.Format} maps an {@link gateway.format.Ask} to a {@link gateway.format.Resource}; the
 * pipeline in {@code gateway.cache} does everything else. Whoever adds a format writes one class here and one test.
 */
@NullMarked
package gateway.format;

import org.jspecify.annotations.NullMarked;
