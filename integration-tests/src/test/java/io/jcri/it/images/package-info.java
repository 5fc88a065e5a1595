/** Images: pulling, listing and removing them. */
@NullMarked
package io.jcri.it.images;

import org.jspecify.annotations.NullMarked;
