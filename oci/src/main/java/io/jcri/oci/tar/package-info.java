/**
 * Tar archives, entry by entry: headers, pax records, sparse files. Hostile input is bounded;
 * touches no file.
 */
@NullMarked
package io.jcri.oci.tar;

import org.jspecify.annotations.NullMarked;
