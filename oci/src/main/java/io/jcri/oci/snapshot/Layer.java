package io.jcri.oci.snapshot;

import io.jcri.oci.Digest;
import java.nio.file.Path;

/**
 * An unpacked layer on disk, read-only from now on.
 *
 * @param key its directory's name: the hex part of the diff ID, or of the chain ID when the tree
 *     depends on the layers below
 * @param directory the tree, for overlayfs
 * @param independent whether the tree is the same on top of any other layers
 * @param hasRoot whether it says something about the root directory's attributes
 * @param opaqueRoot whether it hides everything below it
 */
public record Layer(
    String key,
    Digest diffId,
    Path directory,
    DiskUsage usage,
    boolean independent,
    boolean hasRoot,
    boolean opaqueRoot) {}
