/** What a soak makes of its samples. */
@NullMarked
package io.jcri.it.soak;

import org.jspecify.annotations.NullMarked;
