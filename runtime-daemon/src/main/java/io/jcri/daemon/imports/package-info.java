/**
 * Images that another container runtime has on this node's disk, as archives that the daemon loads.
 *
 * <p>{@code ContainerdImages} and {@code StorageImages} read what is there, change nothing, and
 * make {@code ForeignImage}s of it; {@code ImageArchive} is one of these as a stream. What they say
 * is not believed: the daemon checks an archive like any other.
 */
@NullMarked
package io.jcri.daemon.imports;

import org.jspecify.annotations.NullMarked;
