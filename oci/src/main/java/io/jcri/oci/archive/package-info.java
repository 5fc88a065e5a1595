/** The way back: layers and folders into tar archives, and archives of plain files. */
@NullMarked
package io.jcri.oci.archive;

import org.jspecify.annotations.NullMarked;
