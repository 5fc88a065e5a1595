package io.jcri.oci.layer;

import io.jcri.oci.file.DiskUsage;
import java.nio.file.Path;

/**
 * An unpacked layer on disk, read-only from now on.
 *
 * @param key its directory's name, see {@code LayerStore}
 * @param directory the tree, for overlayfs
 * @param hasRoot whether it says something about the root directory's attributes
 * @param opaqueRoot whether it hides everything below it
 */
public record Layer(
    String key, Path directory, DiskUsage usage, boolean hasRoot, boolean opaqueRoot) {}
