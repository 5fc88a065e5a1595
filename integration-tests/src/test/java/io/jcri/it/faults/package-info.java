/** The machine that breaks jcri, at work and as what it goes by. */
@NullMarked
package io.jcri.it.faults;

import org.jspecify.annotations.NullMarked;
