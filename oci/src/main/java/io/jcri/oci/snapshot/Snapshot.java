package io.jcri.oci.snapshot;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * A container's view of an image.
 *
 * @param key the caller's name for it
 * @param rootfs where it is mounted
 * @param upper what the container has changed, or the whole of a copy; an empty directory when it
 *     cannot change anything
 * @param layerKeys of the layers below, from the lowest
 * @param readOnly whether there is no writable layer
 * @param copied whether it is a copy of the layers instead of an overlay
 * @param label of SELinux that all its files show
 */
public record Snapshot(
    String key,
    Path rootfs,
    Path upper,
    List<String> layerKeys,
    boolean readOnly,
    boolean copied,
    Optional<String> label) {}
