/**
 * Input that nobody wrote: what reads paths, headers, documents and configurations is given changed samples, some thousand
 * times in each build and without end in the profile {@code long}, where coverage guides the changes.
 */
@NullMarked
package gateway.fuzz;

import org.jspecify.annotations.NullMarked;
