/**
 * The client of {@code jcri-shim}, the small process that stands beside each container.
 *
 * <p>May use {@code io.jcri.sandbox.linux} and nothing else of jcri. Knows containers only as a
 * bundle and an id: no CRI, no image, no network.
 */
@NullMarked
package io.jcri.shim;

import org.jspecify.annotations.NullMarked;
