/** Pod sandboxes: their life, their network, what their containers share. */
@NullMarked
package io.jcri.it.pods;

import org.jspecify.annotations.NullMarked;
