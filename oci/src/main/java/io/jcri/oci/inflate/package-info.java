/**
 * Compressed streams, from blobs in blocks to what is in them: gzip by ISA-L or the JDK, zstd.
 * Hostile input is bounded; knows no tar.
 */
@NullMarked
package io.jcri.oci.inflate;

import org.jspecify.annotations.NullMarked;
