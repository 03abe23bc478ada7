/**
 * What an operator can set, as plain data, and how it is read.
 *
 * <p>{@link gateway.settings.SettingsLoader} merges built-in values, a YAML or JSON file, the environment and flags into
 * one {@link gateway.settings.Settings}. A document becomes a tree of {@code Node}s, each of which knows the path of keys
 * that leads to it, so that every complaint names its key. The built-in mounts and their public upstreams stand in the
 * resource {@code gateway/upstreams.yaml} and nowhere else.
 *
 * <p>Sizes are bytes, {@code 10GB} is decimal and {@code 10GiB} binary. Whatever may be a secret is a
 * {@link gateway.settings.Secret} or inside {@link gateway.settings.Credentials}: neither ever prints itself.
 */
@NullMarked
package gateway.settings;

import org.jspecify.annotations.NullMarked;
