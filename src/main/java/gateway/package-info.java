/**
 * A pull-through cache for package registries.
 *
 * <p>Formats describe, one pipeline does. A request goes through the packages in this order:
 *
 * <ol>
 *   <li>{@code web} takes it from the socket, decodes its path once and finds the mount;
 *   <li>{@code format} says what the path is: an artifact that never changes, an index that does, or something else. It is
 *       pure: no file, no socket, no Reactor;
 *   <li>{@code cache} is the pipeline. It decides, lets many askers share one flight, verifies, and makes the reply. It is the
 *       only package that composes the others;
 *   <li>{@code catalog} knows what is held. It is one H2 file that can be rebuilt from the store at any time;
 *   <li>{@code upstream} asks the registries: breakers, budgets, redirects, timeouts. Below it, {@code upstream.git} makes
 *       Go modules of git repositories and answers as a registry would;
 *   <li>{@code storage} keeps the bytes: spools that are filled and followed, blobs by digest, readable links over them;
 *   <li>{@code web} writes the reply, at the client's own pace.
 * </ol>
 *
 * <p>Around them: {@code settings} is what an operator can set, as plain data; {@code policy} judges by names whom the
 * pipeline may ask for what; {@code cli} is the command line, puts the
 * parts together, and is the only package that may block.
 *
 * <p>Dependencies point inwards: {@code storage}, {@code upstream} and {@code catalog} do not know each other, only
 * {@code cache} knows them all, and nothing behind the edges knows {@code web} or {@code cli}. A test holds this. Begin
 * reading with {@code cache.PullThrough}.
 */
@NullMarked
package gateway;

import org.jspecify.annotations.NullMarked;
