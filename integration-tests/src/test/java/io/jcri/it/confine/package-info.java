/** What a program that jcri-confine has started can reach. */
@NullMarked
package io.jcri.it.confine;

import org.jspecify.annotations.NullMarked;
