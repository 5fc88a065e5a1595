@NullMarked
package io.jcri.daemon.log;

import org.jspecify.annotations.NullMarked;
