@NullMarked
package gateway.registry;

import org.jspecify.annotations.NullMarked;
