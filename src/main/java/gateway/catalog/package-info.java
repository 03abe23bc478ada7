/**
 * What is cached: one row for each stored file, hot rows in memory. The catalog can be rebuilt from the store at any
 * time, so losing it loses nothing but counters.
 */
@NullMarked
package gateway.catalog;

import org.jspecify.annotations.NullMarked;
