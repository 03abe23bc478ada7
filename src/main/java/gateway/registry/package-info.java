/**
 * The package registries of projects: how the clients of each format publish and what they read.
 *
 * <p>{@link gateway.cache.Shelf} keeps the files, whatever their format; {@link gateway.registry.Registries} names the
 * formats. A format is one class that turns requests into files on the shelf, and files into the documents its clients read.
 */
@NullMarked
package gateway.registry;

import org.jspecify.annotations.NullMarked;
