/** Holds the NRI contract to the published one. */
@NullMarked
package io.jcri.nri.v1alpha1;

import org.jspecify.annotations.NullMarked;
