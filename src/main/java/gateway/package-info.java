/** A pull-through cache for package registries. */
@NullMarked
package gateway;

import org.jspecify.annotations.NullMarked;
