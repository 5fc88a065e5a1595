package io.jcri.oci.image;

import java.nio.file.Path;

/**
 * What all images take.
 *
 * @param path a directory of the file system that they are on
 * @param bytes allocated
 * @param inodes used
 */
public record FsUsage(Path path, long bytes, long inodes) {}
