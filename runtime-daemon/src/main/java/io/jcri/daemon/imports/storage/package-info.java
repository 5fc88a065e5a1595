/**
 * The images of CRI-O, Podman and Buildah: containers/storage with its overlay driver. It keeps
 * layers unpacked, and beside each what its tar archive had besides the files' content (tar-split):
 * so the archive can be made again, byte for byte.
 */
@NullMarked
package io.jcri.daemon.imports.storage;

import org.jspecify.annotations.NullMarked;
