@NullMarked
package gateway.upstream;

import org.jspecify.annotations.NullMarked;
