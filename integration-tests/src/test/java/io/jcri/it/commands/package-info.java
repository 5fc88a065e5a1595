/** The commands about pods, containers and the daemon itself, as a person would type them. */
@NullMarked
package io.jcri.it.commands;

import org.jspecify.annotations.NullMarked;
