@NullMarked
package io.jcri.daemon.cli.kit;

import org.jspecify.annotations.NullMarked;
