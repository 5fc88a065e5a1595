/**
 * Trees of files on disk: attributes, extents, sizes, copies, removal. Each path is resolved by the
 * kernel below its root.
 */
@NullMarked
package io.jcri.oci.file;

import org.jspecify.annotations.NullMarked;
