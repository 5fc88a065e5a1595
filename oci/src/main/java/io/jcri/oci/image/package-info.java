/**
 * The images of a node: pulls and imports them, keeps a record of each, finds, removes and measures
 * them.
 *
 * <p>May use io.jcri.oci, io.jcri.oci.distribution and io.jcri.oci.snapshot; knows nothing of CRI.
 */
@NullMarked
package io.jcri.oci.image;

import org.jspecify.annotations.NullMarked;
