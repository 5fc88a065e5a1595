/**
 * Layers: tar streams into directories ({@link io.jcri.oci.layer.LayerMaker}, {@link
 * io.jcri.oci.layer.LayerUnpacker}), as the pull worker makes them, and what a {@link
 * io.jcri.oci.layer.Layer} is.
 *
 * <p>What comes from an image is hostile: each parser is bounded, each path is resolved by the
 * kernel below the layer's own root. Knows no registry and no reference.
 */
@NullMarked
package io.jcri.oci.layer;

import org.jspecify.annotations.NullMarked;
