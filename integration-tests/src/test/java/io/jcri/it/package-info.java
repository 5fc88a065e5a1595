/** Tests of the whole: what no module can test alone. */
@NullMarked
package io.jcri.it;

import org.jspecify.annotations.NullMarked;
