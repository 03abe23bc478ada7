/**
 * The pipeline: the only place that composes formats, catalog, store and upstreams.
 *
 * <p>Read {@link gateway.cache.PullThrough} first: it turns a {@link gateway.cache.Request} into a
 * {@link gateway.cache.Reply}. {@link gateway.cache.Cache} answers "held, flying or absent" for one resource of one
 * upstream, {@link gateway.cache.Decision} says which, {@link gateway.cache.Flights} makes many askers share one
 * {@link gateway.cache.Fetch}.
 */
@NullMarked
package gateway.cache;

import org.jspecify.annotations.NullMarked;
