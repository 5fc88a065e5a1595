/** Holds the generated wire contract to the published one. */
@NullMarked
package io.jcri.cri.v1;

import org.jspecify.annotations.NullMarked;
