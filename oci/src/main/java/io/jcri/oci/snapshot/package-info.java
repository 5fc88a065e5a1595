/**
 * File trees of images on disk: tar streams into layer directories, layers into overlay snapshots.
 *
 * <p>What comes from an image is hostile: each parser is bounded, each path is resolved by the
 * kernel below the layer's own root. May use io.jcri.oci and the system calls and mounts of
 * io.jcri.sandbox; knows no registry and no reference.
 */
@NullMarked
package io.jcri.oci.snapshot;

import org.jspecify.annotations.NullMarked;
