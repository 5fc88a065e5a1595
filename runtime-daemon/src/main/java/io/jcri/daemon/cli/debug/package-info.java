/**
 * {@code jcri debug dump}: {@link io.jcri.daemon.cli.debug.Outside} finds out what can be had
 * without the daemon, {@link io.jcri.daemon.cli.debug.DumpText} writes it for people.
 */
@NullMarked
package io.jcri.daemon.cli.debug;

import org.jspecify.annotations.NullMarked;
