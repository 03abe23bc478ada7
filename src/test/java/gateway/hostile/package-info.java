/** Clients that mean harm, on bare sockets, against every format at once. */
@NullMarked
package gateway.hostile;

import org.jspecify.annotations.NullMarked;
