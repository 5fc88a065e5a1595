/** The daemon dies, is stopped, or finds its own things broken; pods go on. */
@NullMarked
package io.jcri.it.restart;

import org.jspecify.annotations.NullMarked;
