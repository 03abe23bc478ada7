/**
 * What every format owes its clients, written once and run by each.
 *
 * <p>{@link gateway.contract.FormatContract} starts a whole gateway in front of a small registry; the interfaces whose
 * names end in {@code Situations} hold the tests; one class for each format says what its registry holds.
 */
@NullMarked
package gateway.contract;

import org.jspecify.annotations.NullMarked;
