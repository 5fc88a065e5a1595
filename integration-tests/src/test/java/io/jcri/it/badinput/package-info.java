/** What bad input gets: a fitting status, a message that names the thing, and nothing left. */
@NullMarked
package io.jcri.it.badinput;

import org.jspecify.annotations.NullMarked;
