/** What may be asked for, judged by names alone: pure, and without a word about how it is fetched. */
@NullMarked
package gateway.policy;

import org.jspecify.annotations.NullMarked;
