/** Breaks the rules of the house on purpose. */
@NullMarked
package gateway.format.guilty;

import org.jspecify.annotations.NullMarked;
