/** The commands that an operator types. */
@NullMarked
package io.jcri.it.crictl;

import org.jspecify.annotations.NullMarked;
