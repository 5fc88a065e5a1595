/** Power cuts by fixed seeds, and what the machine that makes them is told. */
@NullMarked
package io.jcri.it.powercuts;

import org.jspecify.annotations.NullMarked;
