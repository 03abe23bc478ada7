/**
 * The command line: {@code serve} (also without saying so), {@code stats}, {@code verify} and
 * {@code rebuild}.
 *
 * <p>{@link gateway.cli.Cli} parses and dispatches; what the commands do behind it comes in through
 * {@link gateway.cli.Serve} and {@link gateway.cli.StatsSource}. Every flag works with one or two dashes. A mistake is one
 * line on standard error and exit status 2; something that failed is one line and status 1. This is the only package
 * that may block.
 */
@NullMarked
package gateway.cli;

import org.jspecify.annotations.NullMarked;
