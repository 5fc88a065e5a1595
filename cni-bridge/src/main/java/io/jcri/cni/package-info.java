/**
 * CNI (container network interface, spec 0.1.0 to 1.1.0): finds and watches network configurations,
 * runs plugins, caches what they answered and undoes it, all behind {@link io.jcri.cni.Cni}.
 *
 * <p>Knows nothing of CRI and containers; depends on the JDK, gson (in {@code Json} only for
 * parsing) and slf4j. Decisions: the chain that is undone is always the chain that was run (its
 * configuration is recorded before the first plugin starts); a plugin's process gets files, never
 * pipes, as its standard streams, so that a child it leaves behind cannot hold the daemon up; the
 * default network is only ever generated into a directory without any other configuration, and
 * disappears when one arrives.
 */
@NullMarked
package io.jcri.cni;

import org.jspecify.annotations.NullMarked;
