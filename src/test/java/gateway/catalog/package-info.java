/** Real H2 files, in the test's own process and in others. */
@NullMarked
package gateway.catalog;

import org.jspecify.annotations.NullMarked;
