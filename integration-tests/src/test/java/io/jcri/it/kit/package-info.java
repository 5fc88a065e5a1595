/** Tests of the kit itself, with other people's tools as the judges. */
@NullMarked
package io.jcri.it.kit;

import org.jspecify.annotations.NullMarked;
