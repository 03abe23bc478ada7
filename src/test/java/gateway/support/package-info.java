/** What tests lean on: fakes that are real sockets, and guards that fail a run. */
@NullMarked
package gateway.support;

import org.jspecify.annotations.NullMarked;
